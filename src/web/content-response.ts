import type { BlobRef } from '#core/digest.ts';
import type { Content } from '#core/ports/content.ts';
import { parseByteRange } from './byte-range.ts';
import { contentDisposition, contentType } from './content-headers.ts';
import { type Conditions, checkPreconditions, isRangeValid } from './preconditions.ts';

/** A file to be sent, as its name says it. */
export interface SentFile extends BlobRef {
  readonly sizeBytes: number;
  readonly name: string;
}

export interface ContentRequest extends Conditions {
  readonly method: string;
  readonly range: string | undefined;
  readonly asDownload: boolean;
}

/** The answer to a request for a version's bytes; rejects, with nothing sent, where they cannot be read. */
export async function contentResponse(
  content: Content,
  file: SentFile,
  request: ContentRequest,
): Promise<Response> {
  const etag = `"${file.digest}"`;
  const headers = headersOf(file, etag, request.asDownload);
  const refused = checkPreconditions(request, etag);
  if (refused !== null) return new Response(null, { status: refused, headers });
  const isPartial = request.method === 'GET' && isRangeValid(request, etag);
  const range = parseByteRange(isPartial ? request.range : undefined, file.sizeBytes);
  if (range.kind === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${file.sizeBytes}`);
    headers.delete('Content-Disposition');
    headers.set('Content-Type', 'text/plain; charset=utf-8');
    return new Response('The file is not that long.\n', { status: 416, headers });
  }
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: file.sizeBytes - 1 };
  headers.set('Content-Length', String(end - start + 1));
  if (range.kind === 'part') headers.set('Content-Range', `bytes ${start}-${end}/${file.sizeBytes}`);
  const status = range.kind === 'part' ? 206 : 200;
  const isEmpty = request.method === 'HEAD' || end < start;
  const body = isEmpty ? null : await openStream(content.readBlob(file, { start, end }));
  return new Response(body, { status, headers });
}

/** What is under this address never changes; and it is shown in a sandbox, as it comes from anywhere. */
function headersOf(file: SentFile, etag: string, asDownload: boolean): Headers {
  return new Headers({
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, max-age=31536000, immutable',
    'Content-Type': contentType(file.ext),
    'Content-Disposition': contentDisposition(asDownload ? 'attachment' : 'inline', file.name),
    'Content-Security-Policy': 'sandbox',
    'X-Content-Type-Options': 'nosniff',
  });
}

/** Reads the first bytes before anything is sent, so that what cannot be read is an error and no cut file. */
async function openStream(bytes: AsyncIterable<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const iterator = bytes[Symbol.asyncIterator]();
  let next: IteratorResult<Uint8Array> | null = await iterator.next();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = next ?? (await iterator.next());
        next = null;
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
