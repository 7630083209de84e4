/** The app of the local system: what `cdk deploy` deploys, without the checks of {@link ./checkedApp.ts}. */
import { synthesizeApp } from './synthesizeApp.ts';

synthesizeApp();
