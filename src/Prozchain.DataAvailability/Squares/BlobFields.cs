using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// A blob as a Protocol Buffers message, as ranges of it: namespace_id = 1, data = 2, share_version = 3,
/// namespace_version = 4, signer = 5.
/// </summary>
internal struct BlobFields
{
    private Range _id, _data, _signer;
    private uint _shareVersion, _namespaceVersion;

    public bool HasUnknown { get; private set; }

    /// <summary>False for bytes that are no message at all.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out BlobFields fields)
    {
        fields = default;
        var reader = new ProtobufReader(source);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out int field, out ProtobufType type)) return false;
            switch (field, type)
            {
                case (1, ProtobufType.Bytes): if (!reader.TryReadBytes(out fields._id)) return false; break;
                case (2, ProtobufType.Bytes): if (!reader.TryReadBytes(out fields._data)) return false; break;
                case (5, ProtobufType.Bytes): if (!reader.TryReadBytes(out fields._signer)) return false; break;
                case (3, ProtobufType.Varint): if (!TryReadUInt32(ref reader, out fields._shareVersion)) return false; break;
                case (4, ProtobufType.Varint): if (!TryReadUInt32(ref reader, out fields._namespaceVersion)) return false; break;
                default:
                    if (!reader.TrySkip(field, type)) return false;
                    fields.HasUnknown = true;
                    break;
            }
        }
        return true;
    }

    /// <summary>The blob, as views of the message that was read.</summary>
    public readonly bool TryGetBlob(ReadOnlyMemory<byte> source, out Blob? blob)
    {
        blob = null;
        ReadOnlySpan<byte> id = source.Span[_id];
        if (id.Length != Namespace.Size - 1 || _namespaceVersion != 0 || _shareVersion > ShareView.MaxVersion) return false;
        Span<byte> bytes = stackalloc byte[Namespace.Size];
        bytes[0] = 0;
        id.CopyTo(bytes[1..]);
        var ns = new Namespace(bytes);
        ReadOnlyMemory<byte> data = source[_data], signer = source[_signer];
        if (Blob.Check(ns, data.Length, (byte)_shareVersion, signer.Length) != BlobStatus.Ok) return false;
        blob = new Blob(ns, data, (byte)_shareVersion, signer);
        return true;
    }

    public static int Size(Blob blob) =>
        (int)(ProtobufWriter.BytesSize(Namespace.Size - 1) + ProtobufWriter.BytesSize(blob.Data.Length)
        + ProtobufWriter.VarintSize(blob.ShareVersion) + ProtobufWriter.BytesSize(blob.Signer.Length));

    public static void Write(Blob blob, WireWriter writer)
    {
        Namespace ns = blob.Namespace;
        writer.WriteBytes(1, ns.Id);
        writer.WriteBytes(2, blob.Data.Span);
        writer.WriteVarint(3, blob.ShareVersion);
        writer.WriteBytes(5, blob.Signer.Span);
    }

    // A number of 32 bits in a longer varint keeps its low bits.
    private static bool TryReadUInt32(ref ProtobufReader reader, out uint value)
    {
        bool ok = reader.TryReadVarint(out ulong wide);
        value = (uint)wide;
        return ok;
    }
}
