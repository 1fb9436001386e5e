using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Settlement;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>Verifies the proofs of a rollup's batches: what can be read without a circuit, and then the list of proofs. Not thread-safe.</summary>
/// <typeparam name="TPermutation">The permutation of signatures and state.</typeparam>
public sealed class BatchVerifier<TPermutation> where TPermutation : struct, IPermutation<F>
{
    private readonly BatchRules _rules;
    private readonly BatchKeys _keys;
    private readonly ForcedMessages<TPermutation> _forced;

    /// <summary>A verifier, by keys that are not a rollup's.</summary>
    internal BatchVerifier(BatchRules rules, BatchKeys keys)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (rules.Payments.Layout != AccountLayout.Numbered) throw new ArgumentException($"Expected numbered accounts, got {rules.Payments.Layout}.", nameof(rules));
        if (rules.Limits.MaxTransfers > ProverInput.MaxPayments || rules.Limits.MaxBytes > ProverInput.MaxSourceSize)
            throw new ArgumentException($"Expected batches of at most {ProverInput.MaxPayments} payments and {ProverInput.MaxSourceSize} bytes, got {rules.Limits}.", nameof(rules));
        if (rules.Payments.ChainId >= Prozchain.Zk.Fields.KoalaBear.Modulus) throw new ArgumentException($"Expected a number of the rollup that is an element, got {rules.Payments.ChainId}.", nameof(rules));
        (_rules, _keys, _forced, Setup) = (rules, keys, new(rules), rules.SetupOf(keys));
    }

    /// <summary>A verifier of a rollup. The keys are made once a process.</summary>
    /// <param name="rules">The rules of the rollup.</param>
    /// <typeparam name="TCells">The permutation in tables.</typeparam>
    /// <exception cref="ArgumentException">Payments that are not of numbered accounts, bounds beyond a prover's, or a number of the rollup of more than 30 bits.</exception>
    public static BatchVerifier<TPermutation> Of<TCells>(BatchRules rules) where TCells : struct, IPermutationCells<F>
    {
        ArgumentNullException.ThrowIfNull(rules);
        return new(rules, BatchKeys.Of<TCells>(rules.Payments.AmountExponent));
    }

    /// <summary>Names keys, rollup and rules: proofs of one setup are nothing to another.</summary>
    public Digest32 Setup { get; }

    /// <summary>Whether bytes prove what is asked. They may be anybody's.</summary>
    public BatchResult Verify(in ProofStatement asked, ReadOnlyMemory<byte> proof) =>
        BatchProof.TryRead(proof, out BatchProof? read) ? Verify(asked, read!) : new(BatchRefusal.Unreadable);

    /// <summary>Whether a proof proves what is asked.</summary>
    internal BatchResult Verify(in ProofStatement asked, BatchProof proof)
    {
        BatchResult result = BatchChecks.Check(asked, proof.Statement, _rules, Setup, out PostedHead head);
        if (!result.IsValid) return result;
        if (!_forced.TryTell(proof.Statement, proof.Claims, proof.Statement.IsLive ? head.Count : 0, out ExecutedPart executed, out List<PublicMessage<F>> messages)) return new(BatchRefusal.ForcedItem, 1);
        result = BatchChecks.Check(proof, _rules, head, executed);
        if (!result.IsValid) return result;
        List<GroupProof<F>> list = ProofsOf(proof, executed, messages);
        if (list.FindIndex(static part => (part.Messages?.Count ?? 0) > part.Key.Parameters.Shape.MaxPublicMessages) is >= 0 and int full) return new(BatchRefusal.TooMuch, full);
        GroupResult verified = StarkGroup.Verify(proof.Statement.Digest().Span, list);
        return new(verified.IsValid ? BatchRefusal.Valid : BatchRefusal.Proofs, verified.Proof, verified);
    }

    /// <summary>The list of proofs with what each is to prove.</summary>
    private List<GroupProof<F>> ProofsOf(BatchProof proof, ExecutedPart executed, List<PublicMessage<F>> forced)
    {
        List<GroupProof<F>> list = [new(_keys.Tree.Key, TableValues.OfTree(_keys.Tree.Airs, proof.Statement), proof.Proofs[0])];
        uint length = (uint)BatchChecks.LengthRead(proof.Statement, _rules);
        for (int segment = 1; segment <= proof.Segments; segment++)
        {
            List<PublicMessage<F>> messages = SegmentMessages.Of(proof.Statement, forced, executed.Forced, proof.Boundaries[segment - 1], proof.Boundaries[segment], segment);
            list.Add(new(_keys.Segment.Key, TableValues.OfSegment(_keys.Segment.Airs, proof, length, segment, executed), proof.Proofs[segment], messages));
        }
        return list;
    }
}
