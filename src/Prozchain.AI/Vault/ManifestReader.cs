using System.Text;
using System.Text.Unicode;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>Reads a manifest from untrusted bytes; every count is checked against what is left before memory is taken for it.</summary>
internal static class ManifestReader
{
    public static VaultFormatStatus TryRead(ReadOnlySpan<byte> bytes, out ModelManifest? manifest)
    {
        manifest = null;
        var reader = new WireReader(bytes);
        if (!reader.TryReadByte(out byte version)) return VaultFormatStatus.Malformed;
        if (version != ManifestWriter.Version) return VaultFormatStatus.UnsupportedVersion;
        if (!reader.TryReadByte(out byte format)) return VaultFormatStatus.Malformed;
        if (format > (byte)ModelFormat.Safetensors) return VaultFormatStatus.UnknownFormat;
        VaultFormatStatus status = ReadText(ref reader, ModelManifest.MaxNameBytes, out string name);
        if (status != VaultFormatStatus.Ok) return status;
        if (name.Length == 0) return VaultFormatStatus.InvalidName;
        status = ReadGeometry(ref reader, out VaultGeometry? geometry, out int storeCount);
        if (status != VaultFormatStatus.Ok) return status;
        if (!reader.TryReadBytes32(out Bytes32 digest)) return VaultFormatStatus.Malformed;
        if (!reader.TryReadBytes32(out Bytes32 modelRoot) || !reader.TryReadBytes32(out Bytes32 auditRoot)) return VaultFormatStatus.Malformed;

        int stripes = geometry!.StripeCount;
        if (reader.Remaining / (2 * Bytes32.Size) < stripes) return VaultFormatStatus.Malformed;
        var leafRoots = new Bytes32[stripes];
        var pieceRoots = new Bytes32[stripes];
        for (int i = 0; i < stripes; i++)
        {
            reader.TryReadBytes32(out leafRoots[i]);
            reader.TryReadBytes32(out pieceRoots[i]);
        }
        if (!VaultHash.ModelRoot(geometry.Layout, leafRoots).Equals(modelRoot)) return VaultFormatStatus.RootMismatch;
        if (!VaultHash.AuditRoot(geometry, pieceRoots).Equals(auditRoot)) return VaultFormatStatus.RootMismatch;

        List<TensorInfo> tensors = [];
        long dataOffset = 0;
        if (format == (byte)ModelFormat.Safetensors)
        {
            status = ReadTensors(ref reader, geometry.RawSize, tensors, out dataOffset);
            if (status != VaultFormatStatus.Ok) return status;
        }
        if (!reader.IsAtEnd) return VaultFormatStatus.TrailingBytes;
        var content = new ManifestContent(name, (ModelFormat)format, geometry, storeCount, digest, leafRoots, pieceRoots, tensors, dataOffset);
        manifest = new ModelManifest(content, modelRoot, auditRoot);
        return VaultFormatStatus.Ok;
    }

    private static VaultFormatStatus ReadGeometry(ref WireReader reader, out VaultGeometry? geometry, out int storeCount)
    {
        geometry = null;
        storeCount = 0;
        if (!reader.TryReadVarint(out ulong rawSize) || !reader.TryReadVarint(out ulong leafSize)) return VaultFormatStatus.Malformed;
        if (!reader.TryReadByte(out byte dataPieces) || !reader.TryReadByte(out byte parityPieces)) return VaultFormatStatus.Malformed;
        if (!reader.TryReadVarint(out ulong stores)) return VaultFormatStatus.Malformed;
        if (stores is 0 or > ModelManifest.MaxStores) return VaultFormatStatus.InvalidGeometry;
        storeCount = (int)stores;
        bool possible = VaultGeometry.TryCreate(rawSize, leafSize, dataPieces, parityPieces, out geometry);
        return possible ? VaultFormatStatus.Ok : VaultFormatStatus.InvalidGeometry;
    }

    private static VaultFormatStatus ReadTensors(ref WireReader reader, long fileLength, List<TensorInfo> tensors, out long dataOffset)
    {
        dataOffset = 0;
        if (!reader.TryReadVarint(out ulong start)) return VaultFormatStatus.Malformed;
        // Eight bytes of length, then at least "{}".
        if (start is < 10 or > 8 + SafetensorsLimits.MaxHeaderBytes || start > (ulong)fileLength) return VaultFormatStatus.InvalidGeometry;
        if (!reader.TryReadCount(SafetensorsLimits.MaxTensors, out int count)) return VaultFormatStatus.Malformed;
        dataOffset = (long)start;
        long offset = dataOffset;
        var names = new HashSet<string>(StringComparer.Ordinal);
        TensorInfo? previous = null;
        for (int i = 0; i < count; i++)
        {
            VaultFormatStatus status = ReadTensor(ref reader, offset, fileLength, out TensorInfo? tensor);
            if (status != VaultFormatStatus.Ok) return status;
            if (!names.Add(tensor!.Name)) return VaultFormatStatus.DuplicateTensor;
            // Empty neighbours share an offset; their one order is that of their names.
            if (tensor.Length == 0 && previous is { Length: 0 } && string.CompareOrdinal(previous.Name, tensor.Name) > 0)
                return VaultFormatStatus.InvalidTensor;
            tensors.Add(tensor);
            previous = tensor;
            offset += tensor.Length;
        }
        return offset == fileLength ? VaultFormatStatus.Ok : VaultFormatStatus.InvalidTensor;
    }

    private static VaultFormatStatus ReadTensor(ref WireReader reader, long offset, long fileLength, out TensorInfo? tensor)
    {
        tensor = null;
        VaultFormatStatus status = ReadText(ref reader, SafetensorsLimits.MaxNameBytes, out string name);
        if (status != VaultFormatStatus.Ok) return status;
        if (!reader.TryReadByte(out byte type) || !reader.TryReadVarint(out ulong rank)) return VaultFormatStatus.Malformed;
        if (type >= TensorTypes.Count || rank > SafetensorsLimits.MaxRank) return VaultFormatStatus.InvalidTensor;
        Span<long> shape = stackalloc long[(int)rank];
        for (int i = 0; i < shape.Length; i++)
        {
            if (!reader.TryReadVarint(out ulong dimension)) return VaultFormatStatus.Malformed;
            if (dimension > long.MaxValue) return VaultFormatStatus.InvalidTensor;
            shape[i] = (long)dimension;
        }
        if (TensorInfo.Measure((TensorType)type, shape, out long length) != SafetensorsStatus.Ok) return VaultFormatStatus.InvalidTensor;
        if (length > fileLength - offset) return VaultFormatStatus.InvalidTensor;
        tensor = new TensorInfo(name, (TensorType)type, [.. shape], offset, length);
        return VaultFormatStatus.Ok;
    }

    private static VaultFormatStatus ReadText(ref WireReader reader, int maxBytes, out string text)
    {
        text = "";
        if (!reader.TryReadVarint(out ulong length)) return VaultFormatStatus.Malformed;
        if (length > (ulong)maxBytes) return VaultFormatStatus.InvalidName;
        if (!reader.TryReadSpan((int)length, out ReadOnlySpan<byte> bytes)) return VaultFormatStatus.Malformed;
        if (!Utf8.IsValid(bytes)) return VaultFormatStatus.InvalidName;
        text = Encoding.UTF8.GetString(bytes);
        return VaultFormatStatus.Ok;
    }
}
