// The picture of a report: made as small as the office needs it, which also takes everything out of it that is not picture.

const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

export class Picture {
  ready = null; // as it will be sent: its bytes, the file they were made of, when that was taken
  unread = false; // one was chosen that this browser cannot read: what else was written goes on without it
  #preparing = Promise.resolve();

  // Takes a file that was chosen, in place of one before; `say` tells how that goes.
  choose(file, say) {
    this.unread = false;
    say("compress");
    const made = smaller(file).then(
      (bytes) => ({ bytes, file, taken_ms: file.lastModified }),
      () => null,
    );
    const own = made.then((ready) => {
      if (this.#preparing !== own) return; // another was chosen meanwhile
      this.ready = ready;
      this.unread = !ready;
      if (ready) say("ready", { kb: Math.ceil(ready.bytes.byteLength / 1000) });
      else say("unread");
    });
    this.#preparing = own;
  }

  // Takes one that was made ready before.
  put(bytes, taken_ms) {
    this.ready = { bytes, taken_ms };
    this.unread = false;
  }

  // Waits until what was chosen last is ready, or cannot be read.
  async settled() {
    for (let waited = null; waited !== this.#preparing; ) {
      waited = this.#preparing;
      await waited;
    }
  }

  // The bytes to send. `as_it_is`: where the place is to be read from the photo, for the smaller one has no data of its own.
  async bytes(as_it_is) {
    return as_it_is && this.ready?.file ? await this.ready.file.arrayBuffer() : (this.ready?.bytes ?? null);
  }
}

async function smaller(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (blob) return await blob.arrayBuffer();
  } catch {
    // a kind that this browser cannot draw: the office says what is to be done
  }
  return await file.arrayBuffer();
}
