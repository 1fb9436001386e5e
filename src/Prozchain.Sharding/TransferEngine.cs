using System.Buffers.Binary;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding;

/// <summary>An engine whose shards hold accounts (<see cref="TransferTransition"/>): transfers, and swaps by <see cref="MultiTransfer"/>.</summary>
public static class TransferEngine
{
    /// <summary>The number of the program <see cref="MultiTransfer"/> in <see cref="Rules"/>.</summary>
    public const ushort MultiTransferProgram = 1;

    /// <summary>Rules for a network of accounts, with channels wide enough for full micro-blocks.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="shardCount">Number of shards that may be alive at once.</param>
    public static MachineOptions Rules(ulong chainId, int shardCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shardCount, ShardLayout.MaxShards);
        const long Queued = 1L << 22;
        int channels = 2 * shardCount + 14;
        return new MachineOptions
        {
            Atomic = new AtomicOptions { ChainId = chainId, Programs = new Dictionary<ushort, IAtomicProgram> { [MultiTransferProgram] = new MultiTransfer() } },
            Channels = new ChannelOptions { MaxQueued = Queued, MaxChannels = channels, InitialCredit = (int)Math.Min(1 << 14, Queued / channels / 2) },
        };
    }

    /// <summary>The cells of accounts at genesis.</summary>
    /// <param name="accounts">The accounts, each address once; at most 2^64 - 1 in sum.</param>
    /// <exception cref="ArgumentException">More in sum.</exception>
    public static StateWrite[] Cells(IReadOnlyList<GenesisAccount> accounts)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        UInt128 total = 0;
        foreach (GenesisAccount account in accounts) total += account.Balance;
        if (total > ulong.MaxValue) throw new ArgumentException($"Expected balances of at most {ulong.MaxValue} in sum, got {total}.", nameof(accounts));
        return [.. accounts.Select(account => new StateWrite(account.Address.Digest, new Account(0, account.Balance).ToBytes()))];
    }

    /// <summary>What the state holds under an address after the last round; the default account for one that never sent or received.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="address">Any address.</param>
    public static Account GetAccount(this InProcessEngine<TransferTransition> engine, Address address)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return engine.TryGetCell(address.Digest, out ReadOnlySpan<byte> value) && value.Length == Account.Size ? Account.Read(value) : default;
    }

    /// <summary>Sum of all balances, counted anew from the states.</summary>
    /// <param name="engine">The engine.</param>
    public static UInt128 TotalSupply(this InProcessEngine<TransferTransition> engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        UInt128 total = 0;
        engine.VisitCells((in Digest _, ReadOnlySpan<byte> value) => total += value.Length == Account.Size ? Account.Read(value).Balance : 0);
        return total;
    }

    /// <summary>
    /// Sum of all receipts that were sent and are not credited. With <see cref="TotalSupply"/> it is what was there at
    /// genesis, whenever no atomic transaction is open: one that commits may have moved value on one shard and not yet on another.
    /// </summary>
    /// <param name="engine">The engine.</param>
    public static UInt128 ValueInFlight(this InProcessEngine<TransferTransition> engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        UInt128 total = engine.ValueOnTheWay();
        engine.VisitDeferredReceipts((in Digest _, ReadOnlySpan<byte> payload) => total += payload.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(payload) : 0);
        return total;
    }
}
