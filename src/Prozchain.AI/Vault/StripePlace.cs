namespace Prozchain.AI.Vault;

/// <summary>Where a byte of the file is: its stripe, and how far behind the stripe's first byte.</summary>
internal readonly record struct StripePlace(int Index, int Within)
{
    /// <param name="offset">0 to the length of the file less one.</param>
    public static StripePlace Find(ModelManifest manifest, long offset)
    {
        ModelPart part = manifest.Content.Parts[Search(manifest, p => p.Offset <= offset)];
        int full = manifest.Content.LeafSize * manifest.Content.DataPieces;
        return new StripePlace(part.FirstStripe + (int)((offset - part.Offset) / full), (int)((offset - part.Offset) % full));
    }

    public static long OffsetOf(ModelManifest manifest, int stripe)
    {
        ModelPart part = manifest.Content.Parts[PartOf(manifest, stripe)];
        return part.Offset + (long)(stripe - part.FirstStripe) * manifest.Content.LeafSize * manifest.Content.DataPieces;
    }

    public static int PartOf(ModelManifest manifest, int stripe) => Search(manifest, p => p.FirstStripe <= stripe);

    // The last part for which that holds; it holds for the first, and for none behind one for which it does not.
    private static int Search(ModelManifest manifest, Func<ModelPart, bool> holds)
    {
        (int low, int high) = (0, manifest.Content.Parts.Count - 1);
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (holds(manifest.Content.Parts[middle])) low = middle;
            else high = middle - 1;
        }
        return low;
    }
}
