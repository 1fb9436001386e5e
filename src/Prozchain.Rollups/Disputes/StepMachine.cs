using System.Buffers.Binary;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// All that the steps of a batch work on. Its hash is the leaf of a claim (docs/formats/rollups-step.md), so that a claim
/// commits after every step to the state, to what has left the rollup, and to what was used.
/// </summary>
/// <param name="StateRoot">Root of the state.</param>
/// <param name="ExitRoot">Exit root over the batch's effects so far.</param>
/// <param name="Exits">How many there are.</param>
/// <param name="Used">What the batch's steps used so far.</param>
/// <param name="ForcedRoot">Root of the state after the forced items, which stay if the payments cross a cap of the batch.</param>
/// <param name="ForcedExits">Exit root after them.</param>
public readonly record struct StepMachine(Digest32 StateRoot, Digest32 ExitRoot, ulong Exits, ResourceUse Used, Digest32 ForcedRoot, Digest32 ForcedExits)
{
    private const int Word = 32, Words = 7;

    internal const int Size = Words * Word;

    /// <summary>The machine before the first step of a batch.</summary>
    public static StepMachine Begin(in Digest32 stateRoot) => new(stateRoot, default, 0, default, stateRoot, default);

    /// <summary>
    /// The machine within a bare batch (<see cref="Derivation.DerivationRules.IsBare"/>), where no step is executed again and nothing is ever undone:
    /// what is used is zero all along, and where the state after the forced items would stand, that before the batch does, so that who proves some of its steps says
    /// upon which root it was posted.
    /// </summary>
    /// <param name="stateRoot">Root of the state.</param>
    /// <param name="exitRoot">Exit root over the batch's effects so far; zero if there are none.</param>
    /// <param name="exits">How many there are.</param>
    /// <param name="before">Root of the state before the batch.</param>
    public static StepMachine Bare(in Digest32 stateRoot, in Digest32 exitRoot, ulong exits, in Digest32 before) => new(stateRoot, exitRoot, exits, default, before, default);

    /// <summary>What a claim commits to before and after a batch: Keccak-256 of both roots.</summary>
    public Digest32 Edge() => Hashing.Pair(StateRoot, ExitRoot);

    /// <summary>The machine after the last step, which undoes the payments if they crossed the batch's cap.</summary>
    public StepMachine Close(in ResourceUse cap) => Used.FitsIn(cap) ? this : this with { StateRoot = ForcedRoot, ExitRoot = ForcedExits };

    /// <summary>Keccak-256 of the seven words as <c>abi.encode</c> writes them.</summary>
    public Digest32 Leaf()
    {
        Span<byte> words = stackalloc byte[Size];
        Write(words);
        return new Digest32(Hashing.Keccak(words));
    }

    /// <summary>Writes the seven words.</summary>
    internal void Write(Span<byte> words)
    {
        words[..Size].Clear();
        StateRoot.Span.CopyTo(words);
        ExitRoot.Span.CopyTo(words[Word..]);
        BinaryPrimitives.WriteUInt64BigEndian(words[(3 * Word - 8)..], Exits);
        BinaryPrimitives.WriteUInt64BigEndian(words[(4 * Word - 8)..], Used.ExecutionGas);
        BinaryPrimitives.WriteUInt64BigEndian(words[(5 * Word - 8)..], Used.ProvingUnits);
        ForcedRoot.Span.CopyTo(words[(5 * Word)..]);
        ForcedExits.Span.CopyTo(words[(6 * Word)..]);
    }
}
