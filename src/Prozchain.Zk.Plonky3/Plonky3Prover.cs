using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Stark;

namespace Prozchain.Zk.Plonky3;

/// <summary>Makes proofs in the peer's format: the bytes that the peer makes, with the lowest witnesses of work.</summary>
public static class Plonky3Prover
{
    /// <summary>
    /// Proves a statement without hiding the trace. A trace that does not satisfy the constraints gives bytes that no
    /// verifier takes; TraceChecker of Prozchain.Zk names what is wrong with it. O(n log n); works on one thread.
    /// </summary>
    /// <param name="key">The statement, without hiding.</param>
    /// <param name="traces">For each table, its trace; only read.</param>
    /// <param name="publicValues">For each table, its public values.</param>
    /// <param name="cancellation">Checked between phases and while grinding.</param>
    /// <returns>The proof.</returns>
    /// <exception cref="ArgumentException">
    /// Traces or public values do not fit the statement, a constraint's degree needs a larger blowup, or the statement hides.
    /// </exception>
    public static byte[] Prove<TField, TExt>(
        Plonky3Key<TField, TExt> key, IReadOnlyList<Trace<TField>> traces, IReadOnlyList<ReadOnlyMemory<TField>> publicValues, CancellationToken cancellation = default)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(traces);
        key.CheckPublicValues(publicValues);
        if (key.Config.Hiding) throw new ArgumentException("Expected a statement that does not hide, got one that does.", nameof(key));
        if (traces.Count != key.Tables.Length) throw new ArgumentException($"Expected {key.Tables.Length} traces, got {traces.Count}.", nameof(traces));
        for (int i = 0; i < traces.Count; i++)
        {
            string name = key.Tables[i].Shape.Name;
            if (traces[i].Width != key.Tables[i].Shape.Width)
                throw new ArgumentException($"Expected {key.Tables[i].Shape.Width} columns of {name}, got {traces[i].Width}.", nameof(traces));
            if (key.Tables[i].Chunks(hiding: false) > 1 << key.Config.LogBlowup)
                throw new ArgumentException($"Expected a blowup of {key.Tables[i].Chunks(hiding: false)} for the degree of {name}, got {1 << key.Config.LogBlowup}.", nameof(key));
        }
        int[] logRows = [.. traces.Select(trace => BitOperations.Log2((uint)trace.Height))];
        if (!Heights.Fit(key, logRows) || !key.Pcs.CanFold(logRows, key.Config))
            throw new ArgumentException($"Expected heights that the statement and its parameters allow, got {string.Join(", ", traces.Select(trace => trace.Height))}.", nameof(traces));
        return new StarkProver<TField, TExt>(key, traces, publicValues).Prove(key.Suite.CreateChallenger(), cancellation);
    }
}
