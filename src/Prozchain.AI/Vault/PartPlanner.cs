using Prozchain.AI.Formats;

namespace Prozchain.AI.Vault;

/// <summary>
/// Cuts a file with known tensors into parts: a tensor of a sixteenth of the leaf size or more is one by itself, whose leaves
/// then depend on nothing else; what lies between (headers, gaps, small tensors) goes together up to one full stripe.
/// </summary>
internal static class PartPlanner
{
    /// <param name="tensors">In the order of their bytes, without overlap.</param>
    /// <exception cref="ArgumentException">They are not, or one ends behind the file.</exception>
    public static List<PlannedPart> Plan(IReadOnlyList<TensorInfo> tensors, long fileLength, int leafSize, int dataPieces)
    {
        var parts = new List<PlannedPart>();
        long full = (long)leafSize * dataPieces, bundle = 0, at = 0;
        if (!IsPossible(tensors, fileLength))
            throw new ArgumentException($"Expected tensors in the order of their bytes, without overlap, within {fileLength} bytes, got others.", nameof(tensors));
        foreach (TensorInfo tensor in tensors)
        {
            Take(tensor.Offset);
            if (IsPart(tensor.Length, leafSize))
            {
                Flush();
                parts.Add(new PlannedPart(at, tensor.Length, tensor.Type, tensor));
                bundle = at = tensor.Offset + tensor.Length;
            }
            else
            {
                Take(tensor.Offset + tensor.Length);
            }
        }
        Take(fileLength);
        Flush();
        return parts;

        // Adds the bytes up to there to the bundle, or begins another with them.
        void Take(long end)
        {
            if (end - bundle > full) Flush();
            at = end;
            if (end - bundle > full) Flush();
        }

        void Flush()
        {
            if (at > bundle) parts.Add(new PlannedPart(bundle, at - bundle, TensorType.U8));
            bundle = at;
        }
    }

    /// <summary>Whether there is a plan: the tensors are in the order of their bytes, without overlap, within the file.</summary>
    public static bool IsPossible(IReadOnlyList<TensorInfo> tensors, long fileLength)
    {
        long end = 0;
        foreach (TensorInfo tensor in tensors)
        {
            if (tensor.Offset < end || tensor.Length > fileLength - tensor.Offset) return false;
            end = tensor.Offset + tensor.Length;
        }
        return true;
    }

    public static bool IsPart(long tensorLength, int leafSize) => tensorLength > 0 && tensorLength >= leafSize / 16;
}
