using System.Buffers.Binary;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// A proof system whose proofs say which steps of which batch they are of. The settlement layer asks by one word for both
/// (<see cref="ProofStatement.Head"/>), out of which a system that must know them could not read them.
/// </summary>
/// <remarks>As thread-safe as the system. A proof: the batch's head (32 bytes), the first step and the one after the last (8 bytes each, big-endian; 0 and 0 of a whole batch), the system's own.</remarks>
public sealed class StepProofs : IProofSystem
{
    private const int FromAt = Digest32.Size, ToAt = FromAt + sizeof(ulong), Prefix = ToAt + sizeof(ulong);

    private readonly IProofSystem _system;

    /// <summary>Over a system.</summary>
    /// <param name="system">Proves steps, or whole batches alone, and is told which.</param>
    public StepProofs(IProofSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        _system = system;
    }

    /// <inheritdoc/>
    public Digest32 SetupId => _system.SetupId;

    /// <inheritdoc/>
    /// <remarks>None: no contract reads these.</remarks>
    public string? OnChainVerifier => null;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> proof = await _system.ProveAsync(statement, progress, cancellationToken).ConfigureAwait(false);
        var bytes = new byte[Prefix + proof.Length];
        statement.BatchHead.Span.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(FromAt), statement.From);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(ToAt), statement.To);
        proof.Span.CopyTo(bytes.AsSpan(Prefix));
        return bytes;
    }

    /// <inheritdoc/>
    public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof)
    {
        if (proof.Length < Prefix) return false;
        var named = new ProofStatement(statement.StartLeaf, statement.FinalLeaf, new Digest32(proof[..Digest32.Size]))
        {
            From = BinaryPrimitives.ReadUInt64BigEndian(proof[FromAt..]), To = BinaryPrimitives.ReadUInt64BigEndian(proof[ToAt..]),
        };
        // Of a whole batch the word names no first step.
        return (named.To != 0 || named.From == 0) && named.Head == statement.Head && _system.Verify(named, proof[Prefix..]);
    }
}
