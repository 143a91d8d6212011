/** What a person finds in the archive's folder; must stay true without Reelhold. */
export const vaultReadme = `THIS FOLDER HOLDS VIDEOS
========================

It was written by Reelhold. You do not need Reelhold to get the videos back.

blobs/sha256/   The videos themselves: each file is one video, byte for byte as it came in, ready to
                play. A file is named by the SHA-256 checksum of its content, so that anybody can tell
                whether it is still good: "sha256sum FILE" must print the file's own name.

index/          Small text files with one line for each video, four columns, separated by tabs:
                checksum, where the file stands, the name it should have, a number.
                Where a checksum appears more than once, the line with the largest number holds.
                A name of "-" means that the owner put the video into the trash.

journal/        The history behind it: titles, dates, original names, one JSON object a line.

To get one video back: look for its name in index/ (grep -r "holiday" index/), and copy the file that
the second column names.

Please change nothing in here: copy files out instead.
`;
