using System.Buffers;
using System.Collections.Immutable;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>The registry in a beacon's state. What the records say themselves, as how much stake is active, is not written. docs/formats/sharding-beacon.md.</summary>
internal static class RegistryCodec
{
    private const int MinRecordBytes = 2 + Address.Size + 7 * sizeof(ulong);

    public static void Write(ValidatorRegistry registry, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteUInt64(registry.NextDeposit);
        writer.WriteUInt64(registry.NextReceipt);
        WriteStake(output, registry.Ledger.Slashed);
        WriteStake(output, registry.Ledger.Withdrawn);
        Span<byte> address = stackalloc byte[Address.Size];
        writer.WriteVarint((ulong)registry.Records.Count);
        foreach (ValidatorRecord record in registry.Records.Values)
        {
            BeaconWire.WriteBytes(output, record.PublicKey.Span);
            BeaconWire.WriteBytes(output, record.RandomnessKey.Span);
            record.Withdrawal.WriteTo(address);
            writer.WriteSpan(address);
            foreach (ulong number in (ReadOnlySpan<ulong>)[record.Stake, record.Joined, record.ActivationEpoch, record.ExitRequested, record.ExitEpoch, record.WithdrawableEpoch, record.ConvictedEpoch])
                writer.WriteUInt64(number);
        }
        writer.WriteVarint((ulong)registry.ConvictedStake.Count);
        foreach ((ulong epoch, ulong stake) in registry.ConvictedStake)
        {
            writer.WriteUInt64(epoch);
            writer.WriteUInt64(stake);
        }
    }

    public static ReadResult Read(ref WireReader reader, RegistryRules rules, out ValidatorRegistry registry)
    {
        registry = null!;
        if (!(reader.TryReadUInt64(out ulong deposit) && reader.TryReadUInt64(out ulong receipt) && TryReadStake(ref reader, out UInt128 slashed) && TryReadStake(ref reader, out UInt128 withdrawn))) return ReadResult.Truncated;
        ReadResult result = BeaconWire.ReadList(ref reader, int.MaxValue, MinRecordBytes, ReadRecord, out ValidatorRecord[] records);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadCount(ref reader, int.MaxValue, 2 * sizeof(ulong), out int epochs);
        if (result != ReadResult.Ok) return result;
        var convicted = ImmutableSortedDictionary.CreateBuilder<ulong, ulong>();
        for (ulong after = 0; epochs > 0; epochs--)
        {
            reader.TryReadUInt64(out ulong epoch);
            reader.TryReadUInt64(out ulong stake);
            if (convicted.Count > 0 && epoch <= after) return ReadResult.NotCanonical;
            convicted.Add(after = epoch, stake);
        }
        UInt128 active = 0, exiting = 0;
        for (int i = 0; i < records.Length; i++)
        {
            if (i > 0 && records[i - 1].PublicKey.Span.SequenceCompareTo(records[i].PublicKey.Span) >= 0) return ReadResult.NotCanonical;
            if (records[i].ExitEpoch == ValidatorRecord.Never) active += records[i].Stake; else exiting += records[i].Stake;
        }
        // More never comes in, and more than 2^64 receipts never go out.
        if (active + exiting > long.MaxValue || slashed > UInt128.MaxValue >> 2 || withdrawn > UInt128.MaxValue >> 2) return ReadResult.NotCanonical;
        var none = new ValidatorRegistry { Rules = rules };
        registry = none with
        {
            Records = none.Records.AddRange(records.Select(record => KeyValuePair.Create(record.PublicKey, record))), ConvictedStake = convicted.ToImmutable(),
            Ledger = new StakeLedger(active + exiting + slashed + withdrawn, active, exiting, slashed, withdrawn), NextDeposit = deposit, NextReceipt = receipt,
            Convicted = records.Count(record => record.IsConvicted),
        };
        return ReadResult.Ok;
    }

    private static ReadResult ReadRecord(ref WireReader reader, out ValidatorRecord record)
    {
        record = null!;
        ReadResult result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxKeyBytes, out byte[] key);
        if (result != ReadResult.Ok) return result;
        if (!BeaconWire.IsPublicKey(key)) return ReadResult.NotCanonical;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxKeyBytes, out byte[] randomness);
        if (result != ReadResult.Ok) return result;
        result = Address.Read(ref reader, out Address to);
        if (result != ReadResult.Ok) return result;
        if (!(reader.TryReadUInt64(out ulong stake) && reader.TryReadUInt64(out ulong joined) && reader.TryReadUInt64(out ulong activation) && reader.TryReadUInt64(out ulong requested)
            && reader.TryReadUInt64(out ulong exit) && reader.TryReadUInt64(out ulong withdrawable) && reader.TryReadUInt64(out ulong convicted))) return ReadResult.Truncated;
        record = new ValidatorRecord(key, randomness, to, stake, joined)
        {
            ActivationEpoch = activation, ExitRequested = requested, ExitEpoch = exit, WithdrawableEpoch = withdrawable, ConvictedEpoch = convicted,
        };
        return ReadResult.Ok;
    }

    private static void WriteStake(IBufferWriter<byte> output, UInt128 stake)
    {
        var writer = new WireWriter(output);
        writer.WriteUInt64((ulong)stake);
        writer.WriteUInt64((ulong)(stake >> 64));
    }

    private static bool TryReadStake(ref WireReader reader, out UInt128 stake)
    {
        bool ok = reader.TryReadUInt64(out ulong low);
        ok &= reader.TryReadUInt64(out ulong high);
        stake = new UInt128(high, low);
        return ok;
    }
}
