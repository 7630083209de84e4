import { arnSettings } from '../settings/readContext.ts';
import { describeSetting, settingNames } from '../settings/settingsSchema.ts';
import { withRows } from './table.ts';

/** Writes the tables of `docs/settings.md`: the settings, and the resources that are given by ARN. */
export function withSettingsTables(page: string): string {
  const settings = settingNames.map((name) => {
    const { byDefault, accepts, meaning } = describeSetting(name);
    return [`\`${name}\``, byDefault, accepts, meaning];
  });
  const arns = Object.entries(arnSettings).map(([name, meaning]) => [`\`${name}\``, meaning]);
  const withSettings = withRows(page, ['setting', 'default', 'accepts', 'meaning'], settings);
  return withRows(withSettings, ['setting', 'meaning'], arns);
}
