/** The script that brings the readable tree back from an archive; a copy of it stands in each one. */
export const restoreScript = new URL('./restore.sh', import.meta.url);

const introduction = `THIS FOLDER HOLDS VIDEOS
========================

It was written by Reelhold. You do not need Reelhold to get the videos back.
Please change nothing in here: copy files out instead.
`;

const watching = `

TO WATCH THEM
-------------

Double-click OPEN-ME.html: it opens in your browser, shows all videos, and plays the one you click. It needs no
internet, and nothing has to be installed.
`;

const instructions = `

TO GET ALL VIDEOS BACK, UNDER THEIR OWN NAMES
---------------------------------------------

You need Linux, or a NAS that you can log in to. Nothing has to be installed.

1. Connect a disk with enough room for all videos.
2. Open a terminal, and go into this folder:

       cd /path/of/this/folder

3. Type this, with the folder that the videos are to come into:

       sh restore.sh /path/of/the/other/disk/videos

   It says how far it is, and in the end whether everything is there. If it is interrupted, start
   the same again: it goes on. It never changes anything in this folder, nor what was in the other.

"sh restore.sh --help" says what else it can do: compare every file with its checksum, or bring
what is in the trash. The script is a text file; its first lines say how it works.


ON A MAC
--------

The same should work: the Terminal is under Applications, Utilities. If it does not, do as on Windows.


ON WINDOWS
----------

There the script does not run, but every file can be played and copied:

1. Open the folder "blobs", and in it "sha256". Search there for *.mp4 (or *.mov, *.mkv), show large
   pictures, and play what you find: each file is a whole video, only its name is a checksum.
2. To find one by its name, search the folder "index" for a word of the name, with "File contents"
   switched on; or open the files in it with an editor. Each line has a video's checksum, where it
   stands, and the name it had. Copy the file that the line names, and give the copy its name.

All at once is easier with help: any Linux computer, or a Linux started from a USB stick, can read
this disk and run the script.


WHAT IS WHAT
------------

blobs/sha256/   The videos themselves: each file is one video, byte for byte as it came in, ready to
                play. A file is named by the SHA-256 checksum of its content, so that anybody can tell
                whether it is still good: "sha256sum FILE" must print the file's own name.

index/          Small text files with one line for each file, four columns, separated by tabs:
                checksum, where the file stands, the name it should have, a number. Files that belong
                to a video have a fifth, as the same music may belong to many.
                Where a checksum (with the same fifth column) appears more than once, the line with
                the largest number holds.
                A name of "-" means that the owner put the video into the trash.

journal/        The history behind it: titles, dates, original names, one JSON object a line.

restore.sh      Makes the folders and names again, from blobs and index alone.

To get one video back: look for its name in index/ (grep -r "holiday" index/), and copy the file that
the second column names.
`;

/** What a person finds in the archive's folder; must stay true without Reelhold. */
export const vaultReadme = `${introduction}${instructions}`;

/** The same at a place that has an OPEN-ME.html. */
export const placeReadme = `${introduction}${watching}${instructions}`;
