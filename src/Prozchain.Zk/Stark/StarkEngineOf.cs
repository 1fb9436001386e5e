using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Stark;

/// <inheritdoc/>
internal sealed class StarkEngine<TField, TParameters, TTree> : StarkEngine<TField>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private CommittedBatch<TField, TTree>? _preprocessed;

    public override byte[] CommitPreprocessed(StarkKey<TField> key)
    {
        List<ColumnSet<TField>> sets = [];
        foreach (StarkTable<TField> table in key.Tables)
        {
            if (table.IsShared || table.Preprocessed is not { } columns) continue;
            TraceColumns<TField> target = new(columns.Width, BitOperations.Log2((uint)columns.Height), key.Parameters.Shape.ZeroKnowledge, key.Parameters.LogBlowup);
            target.Allocate();
            for (int i = 0; i < columns.Width; i++) target.WritePublic(i, columns.Column(i));
            sets.Add(target.ToSet());
        }
        if (sets.Count == 0) return [];
        _preprocessed = new BatchCommitter<TField, TTree>(key.Parameters.LogBlowup).Commit(sets);
        return _preprocessed.Cap.ToArray();
    }

    public override byte[] CommitEarly(StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces, int threads, CancellationToken cancellation)
    {
        List<ColumnSet<TField>> sets = [];
        foreach (Trace<TField> trace in traces)
        {
            TraceColumns<TField> target = new(trace.Width, BitOperations.Log2((uint)trace.Height), isHiding: false, key.Parameters.LogBlowup);
            target.Allocate();
            target.Write(trace, null, threads, cancellation);
            sets.Add(target.ToSet());
        }
        return new BatchCommitter<TField, TTree>(key.Parameters.LogBlowup).Commit(sets, threads, cancellation).Cap.ToArray();
    }

    public override StarkProof Prove(
        StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces, TField[][] publicValues, StarkProverOptions options, IProgress<StarkProgress>? progress,
        GroupPlace? place, PublicMessageList<TField>? messages, CancellationToken cancellation) =>
        new StarkProverRun<TField, TParameters, TTree>(key, _preprocessed, traces, publicValues, options, progress, place, messages, cancellation).Run();

    public override VerifyResult Verify(StarkKey<TField> key, TField[][] publicValues, StarkProof proof, Span<TField> sharedSum, PublicMessageList<TField>? messages = null)
    {
        if (proof.Place is null != key.Shared is null || StarkProtocol.Problem(key, proof.LogRows) is not null) return VerifyResult.WrongShape;
        using VerifierTranscript<Keccak256> transcript = new(proof.Place is null ? StarkProtocol.Id : StarkProtocol.GroupId, proof.Messages);
        StarkVerifierRun<TField, TParameters, TTree> run = new(key, publicValues, messages, proof.Place, new(key, proof.LogRows), transcript);
        VerifyResult result = run.Run();
        for (int k = 0; k < sharedSum.Length; k++) sharedSum[k] += run.SharedSum[k];
        return result;
    }
}
