using System.Text;
using System.Text.Unicode;
using Prozchain.AI.Codec;
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
        if (version is not (ManifestWriter.Version or ManifestWriter.VersionWithBases)) return VaultFormatStatus.UnsupportedVersion;
        if (!reader.TryReadByte(out byte format)) return VaultFormatStatus.Malformed;
        if (!Enum.IsDefined((ModelFormat)format)) return VaultFormatStatus.UnknownFormat;
        VaultFormatStatus status = ReadText(ref reader, ModelManifest.MaxNameBytes, out string name);
        if (status != VaultFormatStatus.Ok) return status;
        if (name.Length == 0) return VaultFormatStatus.InvalidName;
        if (!reader.TryReadVarint(out ulong leafSize) || !reader.TryReadByte(out byte dataPieces)) return VaultFormatStatus.Malformed;
        if (!reader.TryReadByte(out byte parityPieces) || !reader.TryReadByte(out byte kept)) return VaultFormatStatus.Malformed;
        if (!PartLayout.IsCode(leafSize, dataPieces, parityPieces)) return VaultFormatStatus.InvalidGeometry;
        if (kept < dataPieces || kept > dataPieces + parityPieces) return VaultFormatStatus.InvalidGeometry;
        if (ShardTable.TryRead(ref reader) is not { } table) return VaultFormatStatus.InvalidGeometry;
        if (!reader.TryReadBytes32(out Bytes32 modelRoot) || !reader.TryReadBytes32(out Bytes32 auditRoot)) return VaultFormatStatus.Malformed;

        List<Bytes32> bases = [];
        if (version == ManifestWriter.VersionWithBases) status = ReadBases(ref reader, modelRoot, bases);
        if (status != VaultFormatStatus.Ok) return status;
        List<ModelPart> parts = [];
        status = ReadParts(ref reader, (int)leafSize, dataPieces, bases.Count, parts);
        if (status != VaultFormatStatus.Ok) return status;
        List<TensorInfo> tensors = [];
        List<Bytes32> smallRoots = [];
        status = ReadTensors(ref reader, parts, tensors, smallRoots);
        if (status != VaultFormatStatus.Ok) return status;
        if (!reader.IsAtEnd) return VaultFormatStatus.TrailingBytes;
        var content = new ManifestContent(
            name, (ModelFormat)format, (int)leafSize, dataPieces, parityPieces, kept, table, parts, tensors, smallRoots) { Bases = bases };
        var read = new ModelManifest(content);
        if (!read.Model.Equals(modelRoot) || !read.Audit.Equals(auditRoot)) return VaultFormatStatus.RootMismatch;
        manifest = read;
        return VaultFormatStatus.Ok;
    }

    private static VaultFormatStatus ReadBases(ref WireReader reader, in Bytes32 modelRoot, List<Bytes32> bases)
    {
        if (!reader.TryReadCount(ManifestContent.MaxBases, out int count)) return VaultFormatStatus.Malformed;
        // A manifest without bases is one of version 1.
        if (count == 0) return VaultFormatStatus.InvalidBase;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBytes32(out Bytes32 root)) return VaultFormatStatus.Malformed;
            if (root.Equals(modelRoot) || bases.Contains(root)) return VaultFormatStatus.InvalidBase;
            bases.Add(root);
        }
        return VaultFormatStatus.Ok;
    }

    private static VaultFormatStatus ReadParts(ref WireReader reader, int leafSize, int dataPieces, int bases, List<ModelPart> parts)
    {
        if (!reader.TryReadCount(PartLayout.MaxStripes, out int count)) return VaultFormatStatus.Malformed;
        long offset = 0;
        int stripes = 0, baseStripes = 0, used = 0;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadVarint(out ulong length) || !reader.TryReadByte(out byte codec) || !reader.TryReadByte(out byte type))
                return VaultFormatStatus.Malformed;
            bool mixed = codec == ModelPart.Mixed && bases > 0;
            if (!mixed && !IsPlain(codec)) return VaultFormatStatus.UnknownCodec;
            if (type >= TensorTypes.Count) return VaultFormatStatus.InvalidTensor;
            if (length == 0 || length > (ulong)leafSize * (ulong)dataPieces * PartLayout.MaxStripes) return VaultFormatStatus.InvalidGeometry;
            var layout = new PartLayout((long)length, leafSize, dataPieces);
            if (stripes + layout.StripeCount > PartLayout.MaxStripes || offset > long.MaxValue - (long)length) return VaultFormatStatus.InvalidGeometry;
            int baseIndex = -1;
            if (mixed && !reader.TryReadCount(ManifestContent.MaxBases, out baseIndex)) return VaultFormatStatus.Malformed;
            if (mixed && baseIndex > Math.Min(used, bases - 1)) return VaultFormatStatus.InvalidBase;
            if (baseIndex == used) used++;
            if (reader.Remaining / (2 * Bytes32.Size) < layout.StripeCount) return VaultFormatStatus.Malformed;
            var list = new StoredStripe[layout.StripeCount];
            for (int s = 0; s < list.Length; s++)
            {
                byte own = codec;
                if (mixed && !reader.TryReadByte(out own)) return VaultFormatStatus.Malformed;
                if (mixed && TensorCodecs.Find(own) is null) return VaultFormatStatus.UnknownCodec;
                VaultFormatStatus status = ReadStripe(ref reader, layout.StripeLength(s), dataPieces, own, (TensorType)type, out StoredStripe? stripe);
                if (status != VaultFormatStatus.Ok) return status;
                list[s] = stripe!;
                if (stripe!.Base is not null) baseStripes++;
            }
            // One whose stripes have one codec and no base is not mixed.
            if (mixed && !ModelPart.IsMixed(list)) return VaultFormatStatus.InvalidBase;
            parts.Add(new ModelPart(offset, (long)length, codec, (TensorType)type, stripes, list, baseIndex));
            offset += (long)length;
            stripes += list.Length;
        }
        if (stripes + baseStripes > PartLayout.MaxStripes) return VaultFormatStatus.InvalidGeometry;
        return used == bases ? VaultFormatStatus.Ok : VaultFormatStatus.InvalidBase;
    }

    private static bool IsPlain(byte codec) => TensorCodecs.Find(codec) is not null && (codec & TensorCodecs.DeltaFlag) == 0;

    /// <summary>A stripe whose length, codec and type are known: before it its base, if the codec is a delta's.</summary>
    public static VaultFormatStatus ReadStripe(
        ref WireReader reader, int length, int dataPieces, byte codec, TensorType type, out StoredStripe? stripe)
    {
        stripe = null;
        StoredStripe? from = null;
        if ((codec & TensorCodecs.DeltaFlag) != 0)
        {
            if (!reader.TryReadByte(out byte baseCodec)) return VaultFormatStatus.Malformed;
            // A base has none of its own, so that one is enough and none leads back.
            if (!IsPlain(baseCodec)) return VaultFormatStatus.InvalidBase;
            VaultFormatStatus status = ReadStripe(ref reader, length, dataPieces, baseCodec, type, out from);
            if (status != VaultFormatStatus.Ok) return status;
        }
        bool raw = codec == TensorCodecs.Raw.Id;
        int leafLength = PartLayout.LeafLengthOf(length, dataPieces), count = PartLayout.LeavesOf(length, dataPieces), longest = raw ? leafLength : 0;
        if (!reader.TryReadBytes32(out Bytes32 root) || reader.Remaining / Bytes32.Size < count) return VaultFormatStatus.Malformed;
        var leaves = new Bytes32[count];
        int[]? encoded = raw ? null : new int[count];
        int most = StoredStripe.MaxPieceLength(codec, leafLength);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBytes32(out leaves[i])) return VaultFormatStatus.Malformed;
            if (encoded is null) continue;
            if (!reader.TryReadCount(most, out encoded[i])) return VaultFormatStatus.Malformed;
            if (encoded[i] == 0) return VaultFormatStatus.InvalidGeometry;
            longest = Math.Max(longest, encoded[i]);
        }
        if (from is not null && from.Leaves.AsSpan().SequenceEqual(leaves)) return VaultFormatStatus.InvalidBase;
        stripe = new StoredStripe(length, dataPieces, codec, type, leaves, from);
        stripe.SetPieces(PartLayout.RoundUp(longest), root, encoded);
        return VaultFormatStatus.Ok;
    }

    private static VaultFormatStatus ReadTensors(ref WireReader reader, List<ModelPart> parts, List<TensorInfo> tensors, List<Bytes32> smallRoots)
    {
        if (!reader.TryReadCount(SafetensorsLimits.MaxTensors, out int count)) return VaultFormatStatus.Malformed;
        long fileLength = parts.Count == 0 ? 0 : parts[^1].End, end = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        TensorInfo? previous = null;
        for (int i = 0, part = 0; i < count; i++)
        {
            if (!reader.TryReadVarint(out ulong gap)) return VaultFormatStatus.Malformed;
            if (gap > (ulong)(fileLength - end)) return VaultFormatStatus.InvalidTensor;
            VaultFormatStatus status = ReadTensor(ref reader, end + (long)gap, fileLength, out TensorInfo? tensor);
            if (status != VaultFormatStatus.Ok) return status;
            if (!names.Add(tensor!.Name)) return VaultFormatStatus.DuplicateTensor;
            // Empty neighbours share an offset; their one order is that of their names.
            if (tensor.Length == 0 && previous is { Length: 0 } && previous.Offset == tensor.Offset && string.CompareOrdinal(previous.Name, tensor.Name) > 0)
                return VaultFormatStatus.InvalidTensor;
            while (part < parts.Count && parts[part].Offset < tensor.Offset) part++;
            if (part == parts.Count || parts[part].Offset != tensor.Offset || parts[part].Length != tensor.Length)
            {
                if (!reader.TryReadBytes32(out Bytes32 root)) return VaultFormatStatus.Malformed;
                smallRoots.Add(root);
            }
            tensors.Add(tensor);
            previous = tensor;
            end = tensor.Offset + tensor.Length;
        }
        return VaultFormatStatus.Ok;
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
        if (length < 0 || length > fileLength - offset) return VaultFormatStatus.InvalidTensor;
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
