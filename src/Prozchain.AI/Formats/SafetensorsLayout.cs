namespace Prozchain.AI.Formats;

/// <summary>The rule over all tensors together: in the order of their offsets they cover the data without hole or overlap.</summary>
internal static class SafetensorsLayout
{
    /// <summary>Sorts the tensors and turns their offsets, from the end of the header, into offsets of the file.</summary>
    /// <param name="at">Where in the file the first hole, overlap, missing or spare byte is, when there is one.</param>
    public static SafetensorsStatus Arrange(List<TensorInfo> tensors, long dataOffset, long fileLength, out long at)
    {
        long data = Math.Max(0, fileLength - dataOffset);
        // Empty tensors share an offset with their neighbour; by length they come first, by name they have one order.
        tensors.Sort((a, b) => (a.Offset, a.Length).CompareTo((b.Offset, b.Length)) is not 0 and int order
            ? order : string.CompareOrdinal(a.Name, b.Name));
        long end = 0;
        foreach (TensorInfo tensor in tensors)
        {
            at = fileLength - data + Math.Min(Math.Min(tensor.Offset, end), data);
            if (tensor.Offset != end) return SafetensorsStatus.InvalidOffsets;
            // Offset and length came from one pair of numbers, so their sum does not overflow.
            end = tensor.Offset + tensor.Length;
        }
        at = fileLength - data + Math.Min(end, data);
        if (end > data) return SafetensorsStatus.DataTruncated;
        if (end < data) return SafetensorsStatus.TrailingBytes;
        for (int i = 0; i < tensors.Count; i++)
        {
            TensorInfo t = tensors[i];
            tensors[i] = new TensorInfo(t.Name, t.Type, t.Shape, t.Offset + dataOffset, t.Length);
        }
        return SafetensorsStatus.Ok;
    }
}
