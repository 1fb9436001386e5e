using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>Reads the lists of a <see cref="BeaconBlock"/>; counts are held against what remains before anything is allocated.</summary>
internal static class BeaconBlockParts
{
    private const int MinCertificateSize = 1 + Digest.Size + sizeof(ushort) + 1;

    public static ReadResult ReadAnchors(ref WireReader reader, out Anchor[] anchors)
    {
        anchors = [];
        ReadResult result = ReadCount(ref reader, WireLimits.MaxAnchors, ShardHeader.Size + MinCertificateSize, out int count);
        if (result != ReadResult.Ok) return result;
        var read = new Anchor[count];
        for (int i = 0; i < count; i++)
        {
            result = ShardHeader.Read(ref reader, out ShardHeader header);
            if (result != ReadResult.Ok) return result;
            result = Certificate.Read(ref reader, out Certificate certificate);
            if (result != ReadResult.Ok) return result;
            read[i] = new Anchor(header, certificate);
        }
        anchors = read;
        return ReadResult.Ok;
    }

    public static ReadResult ReadChanges(ref WireReader reader, out RegistryChange[] changes)
    {
        changes = [];
        ReadResult result = ReadCount(ref reader, WireLimits.MaxRegistryChanges, RegistryChange.Size, out int count);
        if (result != ReadResult.Ok) return result;
        var read = new RegistryChange[count];
        for (int i = 0; i < count; i++)
        {
            result = RegistryChange.Read(ref reader, out read[i]);
            if (result != ReadResult.Ok) return result;
        }
        changes = read;
        return ReadResult.Ok;
    }

    public static ReadResult ReadRecords(ref WireReader reader, out ApplicationRecord[] records)
    {
        records = [];
        ReadResult result = ReadCount(ref reader, WireLimits.MaxRecords, sizeof(uint) + 1, out int count);
        if (result != ReadResult.Ok) return result;
        var read = new ApplicationRecord[count];
        int total = 0;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt32(out uint application) || !reader.TryReadVarint(out ulong length)) return ReadResult.Truncated;
            if (length > WireLimits.MaxRecordBytes || (total += (int)length) > WireLimits.MaxRecordBytesPerBlock) return ReadResult.TooLarge;
            if (!reader.TryReadSpan((int)length, out ReadOnlySpan<byte> data)) return ReadResult.Truncated;
            read[i] = new ApplicationRecord(application, data.ToArray());
        }
        records = read;
        return ReadResult.Ok;
    }

    private static ReadResult ReadCount(ref WireReader reader, int max, int minSize, out int count)
    {
        count = 0;
        if (reader.IsAtEnd) return ReadResult.Truncated;
        if (!reader.TryReadVarint(out ulong value)) return ReadResult.NotCanonical;
        if (value > (ulong)max) return ReadResult.TooLarge;
        if (value * (ulong)minSize > (ulong)reader.Remaining) return ReadResult.Truncated;
        count = (int)value;
        return ReadResult.Ok;
    }
}
