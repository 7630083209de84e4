export {
  anyFilter,
  anyFilteredEvent,
  anyWriting,
  type Filter,
  type FilteredEvent,
} from '../../../prove/fuzz/arbitraries/fql.ts';
