using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Stake that comes in, as an <see cref="IDepositSource"/> vouches for it: a join where the key is new, a top-up where it
/// is known. Both keys' owner proves to hold them; without that a join is paid back. Immutable.
/// </summary>
public sealed class Deposit
{
    internal Deposit(ulong index, ReadOnlyMemory<byte> publicKey, ulong amount, in Address withdrawal, ReadOnlyMemory<byte> randomnessKey,
        ReadOnlyMemory<byte> randomnessProof, ReadOnlyMemory<byte> possession)
    {
        Index = index;
        PublicKey = publicKey;
        Amount = amount;
        Withdrawal = withdrawal;
        RandomnessKey = randomnessKey;
        RandomnessProof = randomnessProof;
        Possession = possession;
    }

    /// <summary>The deposit's number: 0, 1, 2, …; the beacon takes each once, in order.</summary>
    public ulong Index { get; }

    /// <summary>The validator's key with its scheme byte.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The stake, at least 1.</summary>
    public ulong Amount { get; }

    /// <summary>Where the stake goes in the end. A top-up does not change it.</summary>
    public Address Withdrawal { get; }

    /// <summary>What the validator's reveals are checked against.</summary>
    public ReadOnlyMemory<byte> RandomnessKey { get; }

    /// <summary>Shows that the validator holds the secret of <see cref="RandomnessKey"/>, as the network's reveal scheme asks.</summary>
    public ReadOnlyMemory<byte> RandomnessProof { get; }

    /// <summary>The validator's signature over chain, key, address and randomness key; empty in a top-up.</summary>
    public ReadOnlyMemory<byte> Possession { get; }

    /// <summary>Makes a deposit to join with.</summary>
    /// <param name="signer">Holds the validator's key.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="index">The deposit's number at the source.</param>
    /// <param name="amount">The stake, at least 1.</param>
    /// <param name="withdrawal">Where it goes in the end.</param>
    /// <param name="randomnessKey">What reveals are checked against; empty where the network has none.</param>
    /// <param name="randomnessProof">Over <see cref="RandomnessMessage"/>, as the reveal scheme asks.</param>
    public static Deposit Join(ISigner signer, ulong chainId, ulong index, ulong amount, in Address withdrawal, ReadOnlyMemory<byte> randomnessKey = default, ReadOnlyMemory<byte> randomnessProof = default)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentOutOfRangeException.ThrowIfZero(amount);
        BeaconWire.CheckAddress(withdrawal, nameof(withdrawal));
        byte[] signature = BeaconWire.Sign(signer, PossessionMessage(chainId, signer.PublicKey.Span, withdrawal, randomnessKey.Span));
        return new Deposit(index, signer.PublicKey, amount, withdrawal, randomnessKey, randomnessProof, signature);
    }

    /// <summary>Makes a deposit that adds to a validator's stake; anyone may.</summary>
    /// <param name="index">The deposit's number at the source.</param>
    /// <param name="publicKey">The validator's key.</param>
    /// <param name="amount">The stake, at least 1.</param>
    /// <param name="refund">Where it goes if there is no such validator.</param>
    public static Deposit TopUp(ulong index, ReadOnlyMemory<byte> publicKey, ulong amount, in Address refund)
    {
        ArgumentOutOfRangeException.ThrowIfZero(amount);
        BeaconWire.CheckAddress(refund, nameof(refund));
        return new Deposit(index, publicKey, amount, refund, default, default, default);
    }

    /// <summary>What <see cref="RandomnessProof"/> is over.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="publicKey">The validator's key.</param>
    /// <param name="randomnessKey">The key whose secret is to be shown.</param>
    public static Digest RandomnessMessage(ulong chainId, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> randomnessKey) =>
        PossessionMessage(chainId, publicKey, default, randomnessKey);

    internal bool IsPossessed(ulong chainId, ISignatureVerifier verifier) =>
        verifier.Verify(PublicKey.Span, PossessionMessage(chainId, PublicKey.Span, Withdrawal, RandomnessKey.Span).Span, Possession.Span);

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        Span<byte> address = stackalloc byte[Address.Size];
        Withdrawal.WriteTo(address);
        writer.WriteUInt64(Index);
        writer.WriteUInt64(Amount);
        writer.WriteSpan(address);
        BeaconWire.WriteBytes(output, PublicKey.Span);
        BeaconWire.WriteBytes(output, RandomnessKey.Span);
        BeaconWire.WriteBytes(output, RandomnessProof.Span);
        BeaconWire.WriteBytes(output, Possession.Span);
    }

    internal static ReadResult Read(ref WireReader reader, out Deposit deposit)
    {
        deposit = null!;
        if (!reader.TryReadUInt64(out ulong index) || !reader.TryReadUInt64(out ulong amount)) return ReadResult.Truncated;
        if (amount == 0) return ReadResult.NotCanonical;
        ReadResult result = Address.Read(ref reader, out Address address);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxKeyBytes, out byte[] key);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxKeyBytes, out byte[] randomnessKey);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxRevealBytes, out byte[] proof);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxSignatureBytes, out byte[] possession);
        if (result != ReadResult.Ok) return result;
        if (key.Length == 0) return ReadResult.NotCanonical;
        deposit = new Deposit(index, key, amount, address, randomnessKey, proof, possession);
        return ReadResult.Ok;
    }

    // Neither index nor amount: the keys are shown to be held before anyone knows the deposit's number.
    private static Digest PossessionMessage(ulong chainId, ReadOnlySpan<byte> publicKey, in Address withdrawal, ReadOnlySpan<byte> randomnessKey)
    {
        var output = new ArrayBufferWriter<byte>(256);
        Span<byte> address = stackalloc byte[Address.Size];
        withdrawal.WriteTo(address);
        new WireWriter(output).WriteUInt64(chainId);
        output.Write(address);
        BeaconWire.WriteBytes(output, publicKey);
        BeaconWire.WriteBytes(output, randomnessKey);
        return new Digest(Domains.Possession.Hash(output.WrittenSpan));
    }
}
