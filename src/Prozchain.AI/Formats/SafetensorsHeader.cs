using System.Diagnostics.CodeAnalysis;

namespace Prozchain.AI.Formats;

/// <summary>The checked header of a safetensors file: its tensors cover the bytes behind the header exactly once.</summary>
public sealed class SafetensorsHeader
{
    internal SafetensorsHeader(IReadOnlyList<TensorInfo> tensors, IReadOnlyDictionary<string, string> metadata, long dataOffset, long fileLength)
    {
        Tensors = tensors;
        Metadata = metadata;
        DataOffset = dataOffset;
        FileLength = fileLength;
    }

    /// <summary>In the order of their bytes. Offsets count from the start of the file.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The free text under <c>__metadata__</c>; empty when the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>First byte behind the header.</summary>
    public long DataOffset { get; }

    /// <summary>Bytes of the whole file.</summary>
    public long FileLength { get; }

    /// <summary>Reads the header of a file that is in memory. Never throws on hostile bytes.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="header">The header, or null.</param>
    public static SafetensorsStatus TryRead(ReadOnlySpan<byte> file, out SafetensorsHeader? header) => TryRead(file, out header, out _);

    /// <summary>Reads the header of a file that is in memory. Never throws on hostile bytes.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="header">The header, or null.</param>
    /// <param name="errorOffset">Where the fault is, or near it, when there is one: in the header, or the first byte that tensors miss, share or leave over.</param>
    public static SafetensorsStatus TryRead(ReadOnlySpan<byte> file, out SafetensorsHeader? header, out long errorOffset)
    {
        var parser = new SafetensorsParser(keepMetadata: true);
        parser.Feed(file);
        SafetensorsStatus status = parser.Complete(file.Length, out header);
        errorOffset = parser.Position;
        return status;
    }
}
