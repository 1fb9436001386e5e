using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>The encoding of a registry's state (docs/formats/ai-registry-snapshot.md, version 1), both ways: its records in their order, checked by the root.</summary>
internal static class RegistrySnapshot
{
    private const byte FormatVersion = 1, OfNamespace = 1, OfVersion = 2;

    public static void Write(IBufferWriter<byte> output, ulong slot, ReadOnlySpan<RegistryRecord> records)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(FormatVersion);
        writer.WriteVarint(slot);
        writer.WriteVarint((ulong)records.Length);
        foreach (RegistryRecord record in records)
        {
            writer.WriteByte(record.Version is null ? OfNamespace : OfVersion);
            writer.WriteBytes32(record.Owner);
            if (record.Version is not { } version)
            {
                RegistryWire.WriteText(writer, record.Namespace);
                continue;
            }
            RegistryWire.WriteText(writer, version.Publication.Name);
            RegistryWire.WriteText(writer, version.Publication.Version);
            RegistryWire.WritePublication(writer, version.Publication);
            RegistryWire.WriteLease(writer, version.Lease);
            writer.WriteVarint(version.Price);
            writer.WriteVarint(version.PublishedAt);
            writer.WriteByte(version.IsRetired ? (byte)1 : (byte)0);
        }
    }

    /// <summary>Never throws on hostile bytes; takes memory in proportion to them.</summary>
    public static RegistryStatus TryRead(ReadOnlySpan<byte> bytes, RegistryRules rules, in Bytes32 root, out RegistryState? state)
    {
        state = null;
        var reader = new WireReader(bytes);
        if (!reader.TryReadByte(out byte format)) return RegistryStatus.Malformed;
        if (format != FormatVersion) return RegistryStatus.UnsupportedVersion;
        if (!reader.TryReadVarint(out ulong slot) || !reader.TryReadVarint(out ulong count)) return RegistryStatus.Malformed;
        if (count > 2UL * RegistryState.MaxRecords) return RegistryStatus.LimitExceeded;
        var read = new RegistryState(rules, slot);
        for (ulong i = 0; i < count; i++)
        {
            RegistryStatus status = ReadRecord(ref reader, read);
            if (status != RegistryStatus.Ok) return status;
        }
        if (!reader.IsAtEnd) return RegistryStatus.TrailingBytes;
        if (!read.Root.Span.SequenceEqual(root.Span)) return RegistryStatus.WrongRoot;
        state = read;
        return RegistryStatus.Ok;
    }

    private static RegistryStatus ReadRecord(ref WireReader reader, RegistryState state)
    {
        if (!reader.TryReadByte(out byte kind)) return RegistryStatus.Malformed;
        if (kind is not (OfNamespace or OfVersion)) return RegistryStatus.UnknownKind;
        if (!reader.TryReadBytes32(out Bytes32 owner)) return RegistryStatus.Malformed;
        RegistryStatus status = RegistryWire.ReadText(ref reader, ModelReference.MaxNameLength, RegistryStatus.InvalidName, out string name);
        if (status != RegistryStatus.Ok) return status;
        if (!ModelReference.IsName(name)) return RegistryStatus.InvalidName;
        if (kind == OfNamespace) return ModelReference.Namespace(name) == name ? state.Restore(name, owner) : RegistryStatus.InvalidName;
        status = RegistryWire.ReadText(ref reader, ModelReference.MaxVersionLength, RegistryStatus.InvalidVersion, out string version);
        if (status != RegistryStatus.Ok) return status;
        status = RegistryWire.ReadPublication(ref reader, name, version, out ModelPublication? publication);
        if (status != RegistryStatus.Ok) return status;
        if (!reader.TryReadVarint(out ulong publishedAt) || !reader.TryReadByte(out byte retired) || retired > 1) return RegistryStatus.Malformed;
        // What may stand in a lease now is more than what may be asked for.
        if (publication!.Lease.Tier > StorageTier.Pruned) return RegistryStatus.InvalidLease;
        var fields = new RegistryOperationFields(RegistryOperationKind.Publish, owner, name, version) { Publication = publication };
        status = fields.Check();
        return status == RegistryStatus.Ok ? state.Restore(RegistryWire.Encode(fields).VersionId, owner, publication, publishedAt, retired == 1) : status;
    }
}
