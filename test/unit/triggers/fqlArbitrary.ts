export {
  anyFilter,
  anyFilteredEvent,
  anyWriting,
  type Filter,
  type FilteredEvent,
} from '../../../lab/prove/fuzz/arbitraries/fql.ts';
