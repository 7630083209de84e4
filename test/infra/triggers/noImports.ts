/** One trigger without an import, so that a stack's triggers are compiled in a moment. */
export default [
  {
    name: 'plan-upgraded',
    when: 'event = "plan_upgraded"',
    run: { kind: 'askMave', build: () => ({ message: 'Why?' }) },
  },
];
