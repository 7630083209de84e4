export { anyJson, anyObject, anyText } from '../../prove/fuzz/arbitraries/json.ts';
