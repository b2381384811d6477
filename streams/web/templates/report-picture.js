// Makes a photo as small as the office needs it, which also takes everything out of it that is not picture.

const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

export async function smaller(file) {
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
