using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Evidence;

/// <summary>One accused validator and its signature over the statement at fault.</summary>
/// <param name="PublicKey">Its public key with the scheme byte.</param>
/// <param name="Signature">Its signature with the scheme byte.</param>
public readonly record struct Accusation(ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> Signature);

/// <summary>
/// Evidence that convicts validators by their own signatures: an equivocation (two statements of one place, one key), an
/// invalid transition (one statement, all who signed it, and the witness to execute it again), or a contradiction (the
/// proof of a protocol that judges its own messages). Anyone may hand it in. Immutable. Wire form: docs/formats/sharding-beacon.md.
/// </summary>
public sealed class FaultEvidence
{
    private FaultEvidence(Offence offence, in Address reporter, in Statement statement, in Statement conflicting, ReadOnlyMemory<byte> conflictingSignature, Accusation[] accused, ReadOnlyMemory<byte> witness)
    {
        Offence = offence;
        Reporter = reporter;
        Statement = statement;
        Conflicting = conflicting;
        ConflictingSignature = conflictingSignature;
        Accused = accused;
        Witness = witness;
    }

    /// <summary>Equivocation, invalid transition or contradiction.</summary>
    public Offence Offence { get; }

    /// <summary>Who gets the reporter's share, where the network pays one.</summary>
    public Address Reporter { get; }

    /// <summary>What was signed; of a contradiction only shard and epoch.</summary>
    public Statement Statement { get; }

    /// <summary>An equivocation's second statement, the one with the higher digest.</summary>
    public Statement Conflicting { get; }

    /// <summary>The accused's signature over it.</summary>
    public ReadOnlyMemory<byte> ConflictingSignature { get; }

    /// <summary>Who signed <see cref="Statement"/>, by public key; one but for invalid transitions.</summary>
    public IReadOnlyList<Accusation> Accused { get; }

    /// <summary>The witness of an invalid transition, or the proof of a contradiction.</summary>
    public ReadOnlyMemory<byte> Witness { get; }

    /// <summary>Two different statements of one place by one key.</summary>
    /// <param name="publicKey">The accused.</param>
    /// <param name="first">One statement.</param>
    /// <param name="firstSignature">The accused's signature over it.</param>
    /// <param name="second">The other; must be at the same place with another digest.</param>
    /// <param name="secondSignature">The accused's signature over it.</param>
    /// <param name="reporter">Who gets the reporter's share, if any; an address in any case.</param>
    /// <exception cref="ArgumentException">The statements do not conflict, or the reporter is no address.</exception>
    public static FaultEvidence Equivocation(ReadOnlyMemory<byte> publicKey, Statement first, ReadOnlyMemory<byte> firstSignature, Statement second, ReadOnlyMemory<byte> secondSignature, in Address reporter)
    {
        if (!first.IsAtPlaceOf(second) || first.Digest == second.Digest) throw new ArgumentException($"Expected two digests at one place, got {first} and {second}.", nameof(second));
        BeaconWire.CheckAddress(reporter, nameof(reporter));
        if (first.Digest > second.Digest) (first, firstSignature, second, secondSignature) = (second, secondSignature, first, firstSignature);
        return new FaultEvidence(Offence.Equivocation, reporter, first, second, secondSignature, [new Accusation(publicKey, firstSignature)], default);
    }

    /// <summary>A signed transition that execution does not give.</summary>
    /// <param name="statement">What was signed.</param>
    /// <param name="accused">Who signed it.</param>
    /// <param name="witness">What an <see cref="Ports.IFaultAuditor"/> needs to execute it again, at most 1 MiB.</param>
    /// <param name="reporter">Who gets the reporter's share, if any; an address in any case.</param>
    /// <exception cref="ArgumentException">Nobody is accused, one is twice, the witness is too large, or the reporter is no address.</exception>
    public static FaultEvidence InvalidTransition(Statement statement, IReadOnlyList<Accusation> accused, ReadOnlyMemory<byte> witness, in Address reporter)
    {
        ArgumentNullException.ThrowIfNull(accused);
        BeaconWire.CheckAddress(reporter, nameof(reporter));
        if (witness.Length > BeaconLimits.MaxWitnessBytes) throw new ArgumentException($"Expected at most {BeaconLimits.MaxWitnessBytes} bytes, got {witness.Length}.", nameof(witness));
        if (accused.Count is 0 or > BeaconLimits.MaxAccused) throw new ArgumentException($"Expected 1 to {BeaconLimits.MaxAccused} accused, got {accused.Count}.", nameof(accused));
        Accusation[] sorted = [.. accused];
        Array.Sort(sorted, static (a, b) => a.PublicKey.Span.SequenceCompareTo(b.PublicKey.Span));
        if (!IsSorted(sorted)) throw new ArgumentException("Expected each accused once, got one twice.", nameof(accused));
        return new FaultEvidence(Offence.InvalidTransition, reporter, statement, default, default, sorted, witness);
    }

    /// <summary>What a protocol's own evidence proves.</summary>
    /// <param name="publicKey">The accused.</param>
    /// <param name="shard">The shard; the default for the beacon itself.</param>
    /// <param name="epoch">The epoch of the committee.</param>
    /// <param name="proof">What an <see cref="Ports.IFaultAuditor"/> judges, at most 1 MiB.</param>
    /// <param name="reporter">Who gets the reporter's share, if any; an address in any case.</param>
    /// <exception cref="ArgumentException">The proof is too large, or the reporter is no address.</exception>
    public static FaultEvidence Contradiction(ReadOnlyMemory<byte> publicKey, ShardId shard, ulong epoch, ReadOnlyMemory<byte> proof, in Address reporter)
    {
        if (proof.Length > BeaconLimits.MaxWitnessBytes) throw new ArgumentException($"Expected at most {BeaconLimits.MaxWitnessBytes} bytes, got {proof.Length}.", nameof(proof));
        BeaconWire.CheckAddress(reporter, nameof(reporter));
        return new FaultEvidence(Offence.Contradiction, reporter, new Statement(0, shard, epoch, 0, default), default, default, [new Accusation(publicKey, default)], proof);
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        Span<byte> reporter = stackalloc byte[Address.Size];
        Reporter.WriteTo(reporter);
        writer.WriteByte((byte)Offence);
        writer.WriteSpan(reporter);
        Statement.Write(output);
        if (Offence == Offence.Equivocation)
        {
            writer.WriteBytes32(Conflicting.Digest.Bytes);
            BeaconWire.WriteBytes(output, ConflictingSignature.Span);
        }
        else
        {
            BeaconWire.WriteBytes(output, Witness.Span);
        }
        writer.WriteVarint((ulong)Accused.Count);
        foreach (Accusation accused in Accused)
        {
            BeaconWire.WriteBytes(output, accused.PublicKey.Span);
            BeaconWire.WriteBytes(output, accused.Signature.Span);
        }
    }

    internal static ReadResult Read(ref WireReader reader, out FaultEvidence evidence)
    {
        evidence = null!;
        if (!reader.TryReadByte(out byte kind)) return ReadResult.Truncated;
        if (kind is not ((byte)Offence.Equivocation or (byte)Offence.InvalidTransition or (byte)Offence.Contradiction)) return ReadResult.NotCanonical;
        bool equivocation = kind == (byte)Offence.Equivocation;
        ReadResult result = Address.Read(ref reader, out Address reporter);
        if (result != ReadResult.Ok) return result;
        result = Statement.Read(ref reader, out Statement statement);
        if (result != ReadResult.Ok) return result;
        Bytes32 digest = default;
        if (equivocation && !reader.TryReadBytes32(out digest)) return ReadResult.Truncated;
        result = BeaconWire.ReadBytes(ref reader, equivocation ? BeaconWire.MaxSignatureBytes : BeaconLimits.MaxWitnessBytes, out byte[] bytes);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadList(ref reader, kind == (byte)Offence.InvalidTransition ? BeaconLimits.MaxAccused : 1, 2, ReadAccusation, out Accusation[] accused);
        if (result != ReadResult.Ok) return result;
        Statement conflicting = equivocation ? statement with { Digest = new Digest(digest) } : default;
        if (accused.Length == 0 || !IsSorted(accused) || equivocation && statement.Digest >= conflicting.Digest) return ReadResult.NotCanonical;
        if (kind == (byte)Offence.Contradiction && (statement != new Statement(0, statement.Shard, statement.Epoch, 0, default) || accused[0].Signature.Length > 0)) return ReadResult.NotCanonical;
        evidence = new FaultEvidence((Offence)kind, reporter, statement, conflicting, equivocation ? bytes : default, accused, equivocation ? default : bytes);
        return ReadResult.Ok;
    }

    private static ReadResult ReadAccusation(ref WireReader reader, out Accusation accusation)
    {
        accusation = default;
        ReadResult result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxKeyBytes, out byte[] key);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxSignatureBytes, out byte[] signature);
        accusation = new Accusation(key, signature);
        return result;
    }

    private static bool IsSorted(ReadOnlySpan<Accusation> accused)
    {
        for (int i = 1; i < accused.Length; i++)
            if (accused[i - 1].PublicKey.Span.SequenceCompareTo(accused[i].PublicKey.Span) >= 0) return false;
        return true;
    }
}
