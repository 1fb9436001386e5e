using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>The encoding of operations (docs/formats/ai-registry.md, version 1), both ways.</summary>
internal static class RegistryWire
{
    public const byte FormatVersion = 1;

    private const byte Needed = 0x80;

    /// <summary>Encodes fields that are well formed; of a publication also the id of its version.</summary>
    public static (byte[] Bytes, Bytes32 VersionId) Encode(RegistryOperationFields fields)
    {
        var output = new ArrayBufferWriter<byte>(512);
        var writer = new WireWriter(output);
        writer.WriteByte(FormatVersion);
        writer.WriteByte((byte)fields.Kind);
        writer.WriteBytes32(fields.Actor);
        WriteText(writer, fields.Name);
        if (fields.Kind != RegistryOperationKind.Transfer) WriteText(writer, fields.Version);
        Bytes32 id = default;
        switch (fields.Kind)
        {
            case RegistryOperationKind.Publish:
                WritePublication(writer, fields.Publication!);
                // From the actor on: the version and the kind of the encoding are no part of what is published.
                id = RegistryHash.VersionId(output.WrittenSpan[2..]);
                WriteLease(writer, fields.Lease);
                writer.WriteVarint(fields.Price);
                break;
            case RegistryOperationKind.Lease: WriteLease(writer, fields.Lease); break;
            case RegistryOperationKind.Extend: writer.WriteVarint(fields.Lease.End); break;
            case RegistryOperationKind.Price: writer.WriteVarint(fields.Price); break;
            case RegistryOperationKind.Transfer: writer.WriteBytes32(fields.NewOwner); break;
            default: break;
        }
        return (output.WrittenSpan.ToArray(), id);
    }

    public static RegistryStatus TryRead(ReadOnlySpan<byte> bytes, out RegistryOperationFields? fields)
    {
        fields = null;
        var reader = new WireReader(bytes);
        if (!reader.TryReadByte(out byte format)) return RegistryStatus.Malformed;
        if (format != FormatVersion) return RegistryStatus.UnsupportedVersion;
        if (!reader.TryReadByte(out byte number)) return RegistryStatus.Malformed;
        var kind = (RegistryOperationKind)number;
        if (kind is < RegistryOperationKind.Publish or > RegistryOperationKind.Transfer) return RegistryStatus.UnknownKind;
        if (!reader.TryReadBytes32(out Bytes32 actor)) return RegistryStatus.Malformed;
        RegistryStatus status = ReadText(ref reader, ModelReference.MaxNameLength, RegistryStatus.InvalidName, out string name);
        string version = "";
        if (status == RegistryStatus.Ok && kind != RegistryOperationKind.Transfer)
            status = ReadText(ref reader, ModelReference.MaxVersionLength, RegistryStatus.InvalidVersion, out version);
        if (status != RegistryStatus.Ok) return status;
        ModelLease lease = default;
        ulong price = 0;
        Bytes32 newOwner = default;
        ModelPublication? publication = null;
        bool read = true;
        switch (kind)
        {
            case RegistryOperationKind.Publish:
                status = ReadPublication(ref reader, name, version, out publication);
                if (status != RegistryStatus.Ok) return status;
                (lease, price) = (publication!.Lease, publication.Price);
                break;
            case RegistryOperationKind.Lease: read = TryReadLease(ref reader, out lease); break;
            case RegistryOperationKind.Extend:
                read = reader.TryReadVarint(out ulong end);
                lease = new ModelLease(default, end, 0);
                break;
            case RegistryOperationKind.Price: read = reader.TryReadVarint(out price); break;
            case RegistryOperationKind.Transfer: read = reader.TryReadBytes32(out newOwner); break;
            default: break;
        }
        if (!read) return RegistryStatus.Malformed;
        if (!reader.IsAtEnd) return RegistryStatus.TrailingBytes;
        var all = new RegistryOperationFields(kind, actor, name, version) { Publication = publication, Lease = lease, Price = price, NewOwner = newOwner };
        status = all.Check();
        if (status == RegistryStatus.Ok) fields = all;
        return status;
    }

    public static void WritePublication(WireWriter writer, ModelPublication publication)
    {
        writer.WriteSpan(publication.ManifestId.Span);
        writer.WriteSpan(publication.ModelRoot.Span);
        writer.WriteSpan(publication.AuditRoot.Span);
        writer.WriteBytes32(publication.GraphDigest.IsEmpty ? default : new Bytes32(publication.GraphDigest.Span));
        writer.WriteVarint((ulong)publication.Size);
        WriteText(writer, publication.Licence);
        WriteText(writer, publication.Quantisation);
        writer.WriteVarint(publication.EngineVersion);
        writer.WriteByte((byte)publication.Parents.Length);
        foreach (ModelParent parent in publication.Parents)
        {
            writer.WriteSpan(parent.Id.Span);
            writer.WriteByte((byte)((byte)parent.Lineage | (parent.IsNeeded ? Needed : 0)));
        }
    }

    public static RegistryStatus ReadPublication(ref WireReader reader, string name, string version, out ModelPublication? publication)
    {
        publication = null;
        if (!reader.TryReadSpan(4 * Bytes32.Size, out ReadOnlySpan<byte> digests)) return RegistryStatus.Malformed;
        if (!reader.TryReadVarint(out ulong size)) return RegistryStatus.Malformed;
        if (size > long.MaxValue) return RegistryStatus.InvalidSize;
        RegistryStatus status = ReadText(ref reader, ModelReference.MaxLicenceLength, RegistryStatus.InvalidText, out string licence);
        string quantisation = "";
        if (status == RegistryStatus.Ok) status = ReadText(ref reader, ModelReference.MaxQuantisationLength, RegistryStatus.InvalidText, out quantisation);
        if (status != RegistryStatus.Ok) return status;
        if (!reader.TryReadVarint(out ulong engine) || engine > uint.MaxValue || !reader.TryReadByte(out byte count)) return RegistryStatus.Malformed;
        if (count > RegistryOperationFields.MaxParents) return RegistryStatus.InvalidParents;
        var parents = ImmutableArray.CreateBuilder<ModelParent>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadSpan(Bytes32.Size, out ReadOnlySpan<byte> id) || !reader.TryReadByte(out byte lineage)) return RegistryStatus.Malformed;
            parents.Add(new ModelParent(id.ToArray(), (Lineage)(lineage & ~Needed), (lineage & Needed) != 0));
        }
        if (!TryReadLease(ref reader, out ModelLease lease) || !reader.TryReadVarint(out ulong price)) return RegistryStatus.Malformed;
        publication = new ModelPublication
        {
            Name = name, Version = version, Size = (long)size, Licence = licence, Quantisation = quantisation, EngineVersion = (uint)engine,
            ManifestId = digests[..32].ToArray(), ModelRoot = digests[32..64].ToArray(), AuditRoot = digests[64..96].ToArray(), GraphDigest = digests[96..].ToArray(),
            Parents = parents.MoveToImmutable(), Lease = lease, Price = price,
        };
        return RegistryStatus.Ok;
    }

    public static void WriteLease(WireWriter writer, ModelLease lease)
    {
        writer.WriteByte((byte)lease.Tier);
        writer.WriteVarint(lease.End);
        writer.WriteVarint(lease.Rate);
    }

    private static bool TryReadLease(ref WireReader reader, out ModelLease lease)
    {
        bool read = reader.TryReadByte(out byte tier) & reader.TryReadVarint(out ulong end) & reader.TryReadVarint(out ulong rate);
        lease = new ModelLease((StorageTier)tier, end, rate);
        return read;
    }

    public static void WriteText(WireWriter writer, string text)
    {
        writer.WriteVarint((ulong)text.Length);
        writer.WriteSpan(Encoding.ASCII.GetBytes(text));
    }

    // Bytes that are not ASCII become question marks, which no text here may hold but a licence: so they are refused first.
    public static RegistryStatus ReadText(ref WireReader reader, int max, RegistryStatus invalid, out string text)
    {
        text = "";
        if (!reader.TryReadVarint(out ulong length)) return RegistryStatus.Malformed;
        if (length > (ulong)max) return invalid;
        if (!reader.TryReadSpan((int)length, out ReadOnlySpan<byte> bytes)) return RegistryStatus.Malformed;
        if (!Ascii.IsValid(bytes)) return invalid;
        text = Encoding.ASCII.GetString(bytes);
        return RegistryStatus.Ok;
    }
}
