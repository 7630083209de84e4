export { anyJson, anyObject, anyText } from '../../lab/prove/fuzz/arbitraries/json.ts';
