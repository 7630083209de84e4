import { GraphWidget, type GraphWidgetProps, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** Three widgets in each row. */
export const width = 8;
const height = 6;

type Axis = GraphWidgetProps['leftYAxis'];

/** A graph whose axis begins at 0. */
export function graph(
  title: string,
  left: readonly IMetric[],
  { unit, ...more }: Omit<GraphWidgetProps, 'left' | 'title'> & { readonly unit?: string } = {},
): GraphWidget {
  const leftYAxis: NonNullable<Axis> = {
    min: 0,
    showUnits: false,
    ...(unit === undefined ? {} : { label: unit }),
  };
  return new GraphWidget({ title, width, height, left: [...left], leftYAxis, ...more });
}
