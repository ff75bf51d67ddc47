/** What is kept, written out: exports and `teahouse log`. */
export const record = {
  everything: 'History',
  exported: 'Exported {{date}} by {{program}}',
  contents: 'Conversations',
  privateWith: '{{name}}, private in {{room}}',
  hosted: 'A room hosted here',
  unverified: 'Continued by the name alone: not verified',
  people: 'People: {{names}}',
  peopleMore: '{{names}} and {{count}} more',
  lines_one: '{{count}} line',
  lines_other: '{{count}} lines',
  nothing: 'Nothing is kept here.',
  own: '{{name}} (you)',
  apart: '{{name}} ({{address}})',
  server: 'Server',
  end: 'End',
  gap: '{{count}} lines are missing here, from {{from}} to {{to}}: more was said than the disk took'
} as const
