using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;

namespace Prozchain.Zk.Stark;

/// <summary>
/// Lists of proofs that exchange messages over shared buses (<see cref="SharedBuses"/>): each commits to its early tables, all draw the same challenges
/// from these commitments, and then each is made alone, in any order, on any machine. The list is valid if every proof is and
/// what they send is what they receive.
/// </summary>
public static class StarkGroup
{
    /// <summary>The most proofs of a list.</summary>
    public const int MaxProofs = ushort.MaxValue;

    /// <summary>Commits to the early tables of a proof. The same tables give the same commitment at any time.</summary>
    /// <param name="key">A key with shared buses.</param>
    /// <param name="earlyTraces">The traces of its early tables (<see cref="StarkKey{TField}.EarlyTables"/>), in order; only read.</param>
    /// <param name="publicValues">The public values of each of them.</param>
    /// <param name="maxDegreeOfParallelism">Threads to work with, at least 1; the commitment does not depend on it.</param>
    /// <param name="cancellation">Ends the work between two pieces of it.</param>
    /// <exception cref="ArgumentException">The key has no shared buses, or traces or public values are not of its early tables.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static EarlyCommitment<TField> Commit<TField>(
        StarkKey<TField> key, IReadOnlyList<Trace<TField>> earlyTraces, IReadOnlyList<TField[]> publicValues, int maxDegreeOfParallelism = 1, CancellationToken cancellation = default)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(earlyTraces);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        if (earlyTraces.Count != key.EarlyTables.Count) throw new ArgumentException($"Expected traces of {key.EarlyTables.Count} early tables, got {earlyTraces.Count}.", nameof(earlyTraces));
        for (int i = 0; i < earlyTraces.Count; i++) StarkProtocol.CheckTrace(key.Tables[key.EarlyTables[i]], earlyTraces[i], nameof(earlyTraces));
        byte[] logRows = [.. earlyTraces.Select(trace => (byte)BitOperations.Log2((uint)trace.Height))];
        // What does not fit the key is refused before the work.
        _ = new EarlyCommitment<TField>(key, logRows, publicValues, new byte[32]);
        return new(key, logRows, publicValues, key.Engine.CommitEarly(key, earlyTraces, maxDegreeOfParallelism, cancellation));
    }

    /// <summary>Draws the shared challenges of a list, and gives each proof its place.</summary>
    /// <param name="statement">What the list is about, in bytes of the caller's; the verifier's must be equal.</param>
    /// <param name="commitments">The commitment of each proof, in order.</param>
    /// <param name="maxDegreeOfParallelism">Threads to grind with; the places do not depend on it.</param>
    /// <param name="cancellation">Ends the grinding.</param>
    /// <returns>The place of each proof, to be handed to its prover.</returns>
    /// <exception cref="ArgumentException">There are no commitments or too many, their keys do not fit together, or their tables have more messages than the parameters count.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IReadOnlyList<GroupPlace> Challenges<TField>(
        ReadOnlySpan<byte> statement, IReadOnlyList<EarlyCommitment<TField>> commitments, int maxDegreeOfParallelism = 1, CancellationToken cancellation = default)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        ArgumentNullException.ThrowIfNull(commitments);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        if (commitments.Count is 0 or > MaxProofs) throw new ArgumentException($"Expected 1 to {MaxProofs} commitments, got {commitments.Count}.", nameof(commitments));
        CheckKeys(commitments.Select(commitment => commitment.Key));
        GroupMessages messages = new();
        foreach (EarlyCommitment<TField> commitment in commitments) messages.Add(commitment);
        if (!Fit(commitments[0].Key, messages))
            throw new ArgumentException($"Expected at most 2^{commitments[0].Key.Shared!.LogMessages} messages on shared buses, whose multiplicities do not wrap around the field, got {messages.Count}.", nameof(commitments));
        byte[] digest = GroupTranscript.Digest(statement, commitments, puzzle => puzzle.Solve(maxDegreeOfParallelism, cancellation), out ulong nonce)!;
        return [.. commitments.Select((commitment, i) => new GroupPlace(i, commitments.Count, nonce, digest, commitment.Cap))];
    }

    /// <summary>
    /// Whether proofs show that traces exist which satisfy the AIRs of their keys and whose messages on the shared buses balance. Never throws on what
    /// proofs hold; what it allocates follows from keys, heights and the length of the list.
    /// </summary>
    /// <param name="statement">What the list is about, as it was given to <see cref="Challenges{TField}"/>.</param>
    /// <param name="proofs">The proofs, in order.</param>
    /// <returns>Valid, or what is wrong with which proof.</returns>
    /// <exception cref="ArgumentException">Keys without shared buses or that do not fit together, or public values or public messages that are not the keys': the caller's own.</exception>
    public static GroupResult Verify<TField>(ReadOnlySpan<byte> statement, IReadOnlyList<GroupProof<TField>> proofs) where TField : unmanaged, ITwoAdicField<TField>
    {
        ArgumentNullException.ThrowIfNull(proofs);
        CheckKeys(proofs.Select(proof => proof.Key));
        TField[][][] values = [.. proofs.Select(proof => StarkProtocol.Copy(proof.Key, proof.PublicValues))];
        PublicMessageList<TField>?[] lists = [.. proofs.Select(proof => PublicMessageList<TField>.Of(proof.Key, proof.Messages))];
        if (proofs.Count is 0 or > MaxProofs) return new(GroupVerdict.WrongCount);
        GroupMessages messages = new();
        List<EarlyCommitment<TField>> commitments = [];
        for (int i = 0; i < proofs.Count; i++)
        {
            (StarkKey<TField> key, _, StarkProof proof, _) = proofs[i];
            if (proof.Place is not { } place || StarkProtocol.Problem(key, proof.LogRows) is not null) return new(GroupVerdict.InvalidProof, i, VerifyResult.WrongShape);
            if (place.Count != proofs.Count) return new(GroupVerdict.WrongCount, i);
            if (place.Index != i) return new(GroupVerdict.WrongPlace, i);
            if (!place.Digest.SequenceEqual(proofs[0].Proof.Place!.Digest) || place.Nonce != proofs[0].Proof.Place!.Nonce) return new(GroupVerdict.OtherList, i);
            TField[][] publics = values[i];
            commitments.Add(new(key, [.. key.EarlyTables.Select(table => proof.LogRows[table])], [.. key.EarlyTables.Select(table => publics[table])], place.Cap));
            messages.Add(commitments[i]);
            if (!Fit(key, messages)) return new(GroupVerdict.TooManyMessages, i);
        }
        GroupPlace first = proofs[0].Proof.Place!;
        byte[]? digest = GroupTranscript.Digest(statement, commitments, puzzle => puzzle.IsSolvedBy(first.Nonce) ? first.Nonce : null, out ulong nonce);
        if (digest is null || nonce != first.Nonce || !first.Digest.SequenceEqual(digest)) return new(GroupVerdict.WrongStatement);
        TField[] sum = new TField[proofs[0].Key.Parameters.ExtensionDegree];
        for (int i = 0; i < proofs.Count; i++)
        {
            VerifyResult result = proofs[i].Key.Engine.Verify(proofs[i].Key, values[i], proofs[i].Proof, sum, lists[i]);
            if (result != VerifyResult.Valid) return new(GroupVerdict.InvalidProof, i, result);
        }
        return new(sum.AsSpan().ContainsAnyExcept(TField.Zero) ? GroupVerdict.Imbalance : GroupVerdict.Valid);
    }

    /// <summary>
    /// Whether a proof is what its place in a list asks for: for who collects proofs as they are made. That the list balances only
    /// <see cref="Verify{TField}"/> says, over all of them.
    /// </summary>
    /// <param name="proof">The proof.</param>
    /// <param name="place">The place that its prover was given.</param>
    /// <returns>Valid, WrongIndex for a proof of another place or list, or what is wrong.</returns>
    /// <exception cref="ArgumentException">A key without shared buses, or public values or public messages that are not the key's.</exception>
    public static VerifyResult VerifyAlone<TField>(GroupProof<TField> proof, GroupPlace place) where TField : unmanaged, ITwoAdicField<TField>
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(place);
        CheckKeys([proof.Key]);
        TField[][] values = StarkProtocol.Copy(proof.Key, proof.PublicValues);
        PublicMessageList<TField>? list = PublicMessageList<TField>.Of(proof.Key, proof.Messages);
        if (proof.Proof.Place is not { } claimed) return VerifyResult.WrongShape;
        return claimed.Encoded.SequenceEqual(place.Encoded) ? proof.Key.Engine.Verify(proof.Key, values, proof.Proof, [], list) : VerifyResult.WrongIndex;
    }

    private static bool Fit<TField>(StarkKey<TField> key, GroupMessages messages) where TField : unmanaged, ITwoAdicField<TField> =>
        messages.Fit(key.Shared!, FieldFacts.Of(key.Parameters.Shape.Field).Modulus);

    // Of one list all terminals must lie in one field and come from the same challenges, numbers of buses and bounds.
    private static void CheckKeys<TField>(IEnumerable<StarkKey<TField>> keys) where TField : unmanaged, ITwoAdicField<TField>
    {
        StarkKey<TField>? first = null;
        foreach (StarkKey<TField> key in keys)
        {
            if (key.Shared is null) throw new ArgumentException("Expected keys with shared buses, got one without.", nameof(keys));
            first ??= key;
            if (!key.Shared.IsSame(first.Shared!)) throw new ArgumentException("Expected keys of one list to have the same shared buses, in the same order, and as many messages, got others.", nameof(keys));
            if (key.Parameters.ExtensionDegree != first.Parameters.ExtensionDegree || key.Parameters.Grinding.Shared != first.Parameters.Grinding.Shared)
            {
                throw new ArgumentException(
                    $"Expected keys of one list to have an extension of degree {first.Parameters.ExtensionDegree} and {first.Parameters.Grinding.Shared} bits ground for shared challenges, "
                    + $"got {key.Parameters.ExtensionDegree} and {key.Parameters.Grinding.Shared}.", nameof(keys));
            }
        }
    }
}
