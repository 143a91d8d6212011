#!/bin/sh
# Brings every video of this archive back under its own name:
#
#     sh restore.sh TARGET
#
# It needs a shell and the coreutils, and nothing of the program that wrote the archive, which it only reads.
# It goes by the files in index/. These hold lines of four columns or five, with tabs between them:
#
#     1  checksum, 64 digits      2  where the file stands: blobs/sha256/ab/ab….mp4
#     3  where it belongs         4  a number            5  the name of a place, where it has more than one
#
# For each place of a checksum the line with the largest number holds, and lines without a fifth column are of one
# place; "-" in the third column means "in the trash". All else here is care for what may have gone wrong with a disk.

usage='Usage: sh restore.sh [--check] [--link] [--trash] TARGET

Brings every video of the archive that this script stands in back under its own
name, into the folder TARGET. The archive is only read, and nothing that stands in
TARGET is changed. What was interrupted goes on when you start it again.

  --check   also compare every file in TARGET with its checksum. To have a USB drive
            itself read, and not the memory of this computer, unplug the drive, plug
            it in again, and start the same once more.
  --link    make hard links instead of copies where both are on one disk. They take
            no room, but they are the files of the archive: never write into one.
  --trash   also bring what is in the trash, into the folder "trash".

What has no name in the index comes into the folder "without a name". The script
ends with 0 when everything is there; otherwise it says what is not, and ends with 1.'

export LC_ALL=C # a name is bytes, in whatever language
unset CDPATH
tab=$(printf '\t')
unnamed='without a name'
check='' link='' trash='' target='' work=''
brought=0 present=0 left_out=0 nameless=0 displaced=0 problems=0 total=0

say() { printf '%s\n' "$*"; }
problem() { problems=$((problems + 1)) && say "$*" >&2; }
stop() { say "restore.sh: $*" >&2; exit 1; }
misused() { say "restore.sh: $*" "(sh restore.sh --help says more.)" >&2; exit 2; }

read_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --check) check=yes ;;
      --link) link=yes ;;
      --trash) trash=yes ;;
      -h | --help) say "$usage"; exit 0 ;;
      --) shift && break ;;
      -*) misused "There is no option $1." ;;
      *) name_target "$1" ;;
    esac
    shift
  done
  [ $# -eq 0 ] || name_target "$@"
  [ -n "$target" ] || misused 'Please name the folder that the videos are to come into.'
}

name_target() {
  [ $# -eq 1 ] && [ -n "$1" ] && [ -z "$target" ] || misused 'Please name one folder.'
  target=$1
}

# Goes into the archive's folder, and makes TARGET with a folder for lists in it. What a run that was cut off had not
# finished is removed.
open_folders() {
  case $0 in /*) archive=$0 ;; *) archive=$PWD/$0 ;; esac
  case $target in /*) ;; *) target=$PWD/$target ;; esac
  cd -P -- "${archive%/*}/" && [ -d blobs/sha256 ] || stop 'There is no archive here: this script belongs beside blobs.'
  archive=$PWD
  mkdir -p -- "$target" && cd -P -- "$target" || stop "The folder $target cannot be made."
  target=$PWD
  cd -- "$archive" || stop "The folder $archive cannot be opened."
  case $target/ in "$archive"/*) stop "$target is inside the archive. Please choose a folder outside." ;; esac

  for work in "$target"/.reelhold-restore-*; do [ ! -d "$work" ] || clean_up; done
  work=$target/.reelhold-restore-$$
  trap clean_up EXIT
  trap 'trap "" HUP INT TERM; say "Stopped. Start the same again, and it goes on."; exit 130' HUP INT TERM
  mkdir -- "$work" && true >"$work/unfinished" || cannot_write
  sync -f -- "$work" 2>/dev/null && one_disk=-f || one_disk=
}

cannot_write() { stop "$target cannot be written to: is it full, or write-protected?"; }

clean_up() {
  [ ! -f "$work/unfinished" ] || while IFS=$tab read -r name sum; do
    find_half "$name" "$sum" && rm -f -- "$half"
  done <"$work/unfinished"
  rm -rf -- "$work"
}

# Makes "$work/files" of the index: path, blob, checksum and number of everything that is to be brought.
list_files() {
  set -- blobs/sha256/*
  if [ -e index ]; then set -- "$@" index; else say 'The folder index is missing, and with it all names.'; fi
  ls -- "$@" >/dev/null || problem 'A folder cannot be opened: it is named above.'
  list_index >"$work/lines"
  list_blobs >>"$work/lines"
  by_checksum -o "$work/sorted" "$work/lines" || cannot_write
  choose_lines <"$work/sorted" >"$work/chosen"
  sort -t "$tab" -k 1,1 -k 4,4nr -o "$work/files" "$work/chosen" || cannot_write
}

# Together the lines of one place of a checksum, the one with the largest number last.
by_checksum() { sort -s -t "$tab" -k 1,1 -k 5,5 -k 4,4n "$@"; }

# A hundred files at a time: one by one takes minutes, and all at once may be more than a command can be given. Not
# with cat: sort ends a line that was cut off, so that it does not take the next file's first line with it.
list_index() {
  set --
  for file in index/*.tsv; do
    [ "$file" != 'index/*.tsv' ] || continue
    set -- "$@" "$file"
    [ $# -lt 100 ] || { read_index "$@"; set --; }
  done
  [ $# -eq 0 ] || read_index "$@"
}

read_index() {
  cat -- "$@" >/dev/null || problem 'A part of the index cannot be read: it is named above.' # not every sort says so
  by_checksum "$@" 2>/dev/null || for file; do by_checksum "$file" 2>/dev/null; done
}

# What stands in blobs, as lines of the same kind. Their number is 0: whatever the index says holds before them.
list_blobs() {
  for blob in blobs/sha256/??/*; do
    digest=${blob##*/} && digest=${digest%%.*}
    [ ${#digest} -eq 64 ] || continue
    printf '%s\t%s\t%s\t0\n' "$digest" "$blob" "$unnamed/${blob##*/}" || cannot_write
  done
}

# What stands there comes first of the lines of a checksum: it has no fifth column, and the smallest number.
choose_lines() {
  held='' spot=''
  while IFS=$tab read -r digest blob path number name rest; do
    if ! is_sound; then
      problem "A damaged line of the index was left out: $(say "$path" | tr -c '[:print:]\n' '?')"
      continue
    fi
    if [ "$digest" != "$held" ]; then
      put_line && put_nameless
      held=$digest stands=- shown=0 thrown=''
    elif [ "$name" != "$spot" ]; then
      put_line
    fi
    [ "$number" != 0 ] || stands=$blob # only what was seen to stand there
    place=$path last=$number spot=$name
  done
  put_line && put_nameless
}

# Nothing that could lead out of the archive or out of TARGET, on this system or on Windows.
is_sound() {
  [ ${#digest} -eq 64 ] && [ -n "$number" ] && [ ${#number} -le 12 ] && [ -z "$rest" ] || return 1
  case $name in *[!0-9A-Za-z._-]*) return 1 ;; esac
  case $digest in *[!0-9a-f]*) return 1 ;; esac
  case $number in *[!0-9]*) return 1 ;; esac
  [ "${blob%/*}" = "blobs/sha256/${digest%"${digest#??}"}" ] || return 1
  case ${blob##*/} in "$digest" | "$digest".*) ;; *) return 1 ;; esac
  case /$path/ in /-/) ;; *//* | */./* | */..* | *[[:cntrl:]\\:]*) return 1 ;; /*/*/) ;; *) return 1 ;; esac
  # Hidden names are a project's own, but for those that a restore gives to what it has not finished.
  case /${path%%/as it came/*}/ in */.*) return 1 ;; esac
  case /$path in */.reelhold-* | */.restoring-*) return 1 ;; esac
}

# One place of a checksum; what stands there without one, and what is in the trash, waits for the others.
put_line() {
  [ -n "$held" ] || return 0
  case $place,$last in
    -,*) thrown=$last ;;
    *,0) ;;
    *) put_file ;;
  esac
}

# Where no place of a checksum is shown: it is in the trash, or nothing is known of it.
put_nameless() {
  [ -n "$held" ] && [ "$shown" -eq 0 ] || return 0
  if [ -z "$thrown" ]; then
    nameless=$((nameless + 1))
    place=$unnamed/${stands##*/} last=0
  elif [ -z "$trash" ]; then
    left_out=$((left_out + 1))
    return 0
  else
    place=trash/$held last=$thrown
    [ "$stands" = - ] || place=trash/${stands##*/}
  fi
  put_file
}

put_file() {
  shown=$((shown + 1))
  total=$((total + 1))
  printf '%s\t%s\t%s\t%s\n' "$place" "$stands" "$held" "$last" || cannot_write
}

# A hundred with one command, as each command takes its time. What cannot be made is named later.
make_folders() {
  set --
  previous=''
  while IFS=$tab read -r path blob digest number; do
    [ "${path%/*}" != "$previous" ] && [ "$blob" != - ] || continue
    previous=${path%/*}
    set -- "$@" "$target/$previous"
    [ $# -lt 100 ] || { mkdir -p -- "$@" 2>/dev/null; set --; }
  done <"$work/files"
  [ $# -eq 0 ] || mkdir -p -- "$@" 2>/dev/null
}

bring_files() {
  seen=0 percent=0 previous='' waiting=0
  while IFS=$tab read -r path blob digest number; do
    place=$path
    if [ "$blob" = - ]; then
      problem "Missing: $path (checksum $digest)"
    elif [ "$path" = "$previous" ] || ! bring; then
      displaced=$((displaced + 1))
      path=$unnamed/${blob##*/}
      bring || problem "Another file stands in its place: $path"
    fi
    previous=$place
    seen=$((seen + 1))
    [ $((seen * 100 / total)) -eq "$percent" ] || say "$((seen * 100 / total)) %  $place"
    percent=$((seen * 100 / total))
  done <"$work/files"
  name_copies
  [ "$seen" -eq "$total" ] || stop "The list in $target broke off. Please start the same again."
}

# Answers no where something else stands in the file's place.
bring() {
  final=$target/$path
  if [ -e "$final" ] || [ -L "$final" ]; then
    is_there || return 1
    present=$((present + 1))
    return 0
  fi
  [ -d "${final%/*}" ] || mkdir -p -- "${final%/*}" || return 1
  if [ -n "$link" ] && ln -- "$blob" "$final" 2>/dev/null; then
    brought=$((brought + 1))
    compare "$final"
  else
    copy
  fi
}

is_there() { [ -f "$final" ] && if [ -n "$check" ]; then has_checksum "$final"; else has_same_size; fi; }

# The first line that ls prints begins with the one size, the last with the other.
has_same_size() {
  ls -dnL -- "$final" "$blob" | {
    read -r _ _ _ _ first _
    while read -r _ _ _ _ size _; do last=$size; done
    [ "$first" = "$last" ]
  }
}

has_checksum() { sum=$(sha256sum <"$1") && [ "${sum%% *}" = "$digest" ]; }

compare() {
  [ -z "$check" ] || has_checksum "$1" || problem "Damaged in the archive, and brought as it is: $path"
}

# Under a name of its own at first: a file that has its final name is whole, whenever the power fails.
copy() {
  find_half "$path" "$digest"
  if [ -e "$half" ]; then # the same bytes come into this folder twice
    name_copies
    find_half "$path" "$digest"
  fi
  printf '%s\t%s\n' "$path" "$digest" >>"$work/unfinished" || cannot_write
  if true >"$half" && cp -- "$blob" "$half"; then # made by the shell, so that it is not read-only as the blob is
    compare "$half"
    waiting=$((waiting + 1))
    [ "$waiting" -lt 20 ] || name_copies
    return 0
  fi
  full=no
  printf '%4000000s' '' >"$work/probe" || full=yes # while what was copied so far still takes its room
  rm -f -- "$half" "$work/probe" || cannot_write
  if [ "$full" = yes ]; then
    name_copies
    stop "$target is full. What stands there is whole. Make room and start the same again: it goes on."
  fi
  problem "Cannot be copied: $path ($blob)"
}

find_half() { half=$target/${1%/*}/.restoring-$2; }

name_copies() {
  sync ${one_disk:+-f "$target"} || stop "The disk of $target reports an error. Please start the same again."
  while IFS=$tab read -r name sum; do
    find_half "$name" "$sum"
    [ -e "$half" ] || continue
    mv -n -- "$half" "$target/$name" # may say that it is done where it did nothing
    if [ -e "$half" ]; then
      rm -f -- "$half"
      problem "Its name could not be given to it, please start the same again: $name"
    else
      brought=$((brought + 1))
    fi
  done <"$work/unfinished"
  true >"$work/unfinished" && waiting=0 || cannot_write
}

report() {
  say
  say "Files of the archive in $target: $((brought + present)), of which $present stood there before."
  [ "$left_out" -eq 0 ] || say "In the trash and left out: $left_out. --trash brings them too."
  [ "$nameless" -eq 0 ] || say "Without a name in the index: $nameless. They are in the folder \"$unnamed\"."
  [ "$displaced" -eq 0 ] || say "With another file in their place: $displaced. They are in the folder \"$unnamed\"."
  [ "$problems" -eq 0 ] || stop "Problems: $problems, each named above. Everything else is there."
  if [ -n "$check" ]; then say 'Everything is there, and has its checksum.'; else say 'Everything is there.'; fi
}

read_arguments "$@"
open_folders
list_files
make_folders
bring_files
report
