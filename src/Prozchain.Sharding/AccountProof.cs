using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding;

/// <summary>
/// What a shard's state holds under an address, shown against a sealed state root: that of a final sealing
/// <see cref="Consensus.MicroHeader"/>, or that of an <see cref="AnchorEntry"/>. Wire form: docs/formats/sharding-beacon.md.
/// </summary>
/// <param name="Address">The address.</param>
/// <param name="Account">Its account; the default one for an address that never sent or received.</param>
/// <param name="Cells">Root of the shard's cells, under the state root.</param>
/// <param name="Channels"><see cref="MachineState.ChannelsDigest"/> beside it.</param>
/// <param name="Atomic"><see cref="MachineState.AtomicDigest"/> beside it.</param>
/// <param name="Proof">The path in the cells.</param>
public sealed record AccountProof(Address Address, Account Account, Digest Cells, Digest Channels, Digest Atomic, StateProof Proof)
{
    /// <summary>Proves an account of a sealed state.</summary>
    /// <param name="cells">The cells, as they were sealed.</param>
    /// <param name="state">Channels and atomic transactions after the same block.</param>
    /// <param name="address">An address of the shard.</param>
    public static AccountProof Of(IAuthenticatedStore cells, MachineState state, in Address address)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(state);
        Account account = cells.TryGet(address.Digest, out ReadOnlySpan<byte> value) && value.Length == Account.Size ? Account.Read(value) : default;
        return new AccountProof(address, account, cells.Root, state.ChannelsDigest, state.AtomicDigest, cells.Prove(address.Digest));
    }

    /// <summary>
    /// True if the address is the shard's and the proof leads from the account to the state root. Under the root of another
    /// shard, or at another depth, any address could be shown to hold nothing.
    /// </summary>
    /// <param name="stateRoot">The sealed root, from a header that the caller trusts.</param>
    /// <param name="shard">The shard of that header, from a layout that the caller trusts.</param>
    public bool Holds(in Digest stateRoot, ShardInfo shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        return shard.Contains(Address.Digest) && MachineState.StateRoot(Cells, Channels, Atomic) == stateRoot && Proof.ShowsAccount(Cells, shard.Depth, Address, Account);
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        Span<byte> address = stackalloc byte[Address.Size], account = stackalloc byte[Account.Size];
        Address.WriteTo(address);
        Account.WriteTo(account);
        writer.WriteByte(WireLimits.Version);
        writer.WriteSpan(address);
        writer.WriteSpan(account);
        writer.WriteBytes32(Cells.Bytes);
        writer.WriteBytes32(Channels.Bytes);
        writer.WriteBytes32(Atomic.Bytes);
        Proof.Write(output);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="proof">The proof, when the result is <see cref="ReadResult.Ok"/>; it is not verified yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out AccountProof proof)
    {
        proof = null;
        var reader = new WireReader(source);
        ReadResult result = BeaconWire.ReadVersion(ref reader, WireLimits.Version);
        if (result != ReadResult.Ok) return result;
        result = Address.Read(ref reader, out Address address);
        if (result != ReadResult.Ok) return result;
        if (!(reader.TryReadSpan(Account.Size, out ReadOnlySpan<byte> account) && reader.TryReadBytes32(out Bytes32 cells)
            && reader.TryReadBytes32(out Bytes32 channels) && reader.TryReadBytes32(out Bytes32 atomic) && reader.TryReadSpan(reader.Remaining, out ReadOnlySpan<byte> rest))) return ReadResult.Truncated;
        result = StateProof.TryRead(rest, out StateProof? path);
        if (result == ReadResult.Ok) proof = new AccountProof(address, Account.Read(account), new Digest(cells), new Digest(channels), new Digest(atomic), path!);
        return result;
    }
}
