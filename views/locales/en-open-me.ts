/** Every word of OPEN-ME.html, in English. */
export const enOpenMe = {
  language: 'en',
  /** For dates and numbers: the day before the month, 24 hours. */
  formatLanguage: 'en-GB',
  title: 'Your videos',
  intro: (count: string) => `${count} on this drive. Click one to play it. Nothing needs to be installed.`,
  videos: (n: number, shown: string) => `${shown} ${n === 1 ? 'video' : 'videos'}`,
  empty: 'There are no videos here yet.',
  years: 'Years',
  search: 'Search',
  searchLabel: 'Search by title or date',
  nothingFound: 'No video has that in its title or date.',
  play: (title: string) => `Play ${title}`,
  close: 'Close',
  version: (n: number) => `Version ${n}`,
  older: (n: number) => (n === 1 ? '1 older version' : `${n} older versions`),
  cannotPlay: 'Your browser cannot play this file. The file itself is there: open it with another program.',
  openFile: 'Open the file',
  madeOn: (day: string) => `This page lists what was on the drive on ${day}.`,
  restore: 'To get all videos back under their own names, read README.txt beside this page.',
} as const;

/** The words that another language has to have. */
export type OpenMeWords = {
  readonly [Key in keyof typeof enOpenMe]: (typeof enOpenMe)[Key] extends string
    ? string
    : (typeof enOpenMe)[Key];
};
