using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Stark;

/// <summary>One run of the verifier. Every length it reads follows from key and heights.</summary>
internal sealed class StarkVerifierRun<TField, TParameters, TTree>(
    StarkKey<TField> key, TField[][] publicValues, PublicMessageList<TField>? messages, GroupPlace? place, ProofLayout<TField> layout, VerifierTranscript<Keccak256> transcript)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private const int CapSize = 32;

    private readonly List<(BatchShape Shape, byte[] Cap)> _batches = [];
    private readonly GrindingBits _grinding = key.Parameters.Grinding;
    private readonly Extension<TField, TParameters>[] _terminals = new Extension<TField, TParameters>[key.Tables.Count];
    private StarkChallenges<Extension<TField, TParameters>> _challenges;

    /// <summary>The sum of the fractions on shared buses: as good as the proof is.</summary>
    public Extension<TField, TParameters> SharedSum { get; private set; }

    /// <summary>The whole verification; a failure of reading comes first, whatever was computed with the zeros that stand for what is missing.</summary>
    public VerifyResult Run()
    {
        StarkProtocol.Bind(transcript, key, layout.Heights, publicValues, place, messages);
        if (layout.Batches[0] == ProofBatch.Preprocessed) _batches.Add((layout.Shapes[0], key.PreprocessedCap));
        if (place is not null)
        {
            _batches.Add((layout.Shapes[_batches.Count], place.Cap.ToArray()));
            (_challenges.SharedAlpha, _challenges.SharedBeta) = GroupTranscript.Challenges<TField, TParameters>(place.Digest);
        }
        if (layout.Batches.Contains(ProofBatch.Main)) Receive("main columns"u8);
        bool balanced = ReceiveLookups();
        Work("composition work"u8, _grinding.Composition);
        _challenges.Gamma = transcript.Draw<Extension<TField, TParameters>>("composition"u8);
        Receive("quotient"u8);
        if (layout.ZeroKnowledge) Receive("masks"u8);
        Work("out-of-domain work"u8, _grinding.OutOfDomain);
        _challenges.Zeta = StarkProtocol.DrawPoint<TField, Extension<TField, TParameters>>(transcript, StarkProtocol.LogDomain(key, layout));
        Extension<TField, TParameters>[][] values = ReceiveValues();
        if (transcript.Failure is not ReadResult.None and var failure) return VerifyResults.Of(failure);
        if (!balanced) return VerifyResult.LookupImbalance;
        OutOfDomainCheck<TField, TParameters> check = new(key, layout, publicValues, _challenges, _terminals, values);
        for (int table = 0; table < key.Tables.Count; table++)
            if (!check.Holds(table)) return VerifyResult.ConstraintMismatch;
        VerifyResult result = FriVerifier.Verify<TField, TParameters, TTree, Keccak256>(
            transcript, StarkProtocol.FriSettings(key, layout), layout.FoldSchedule, _batches, StarkProtocol.Claims(layout, _challenges.Zeta, values));
        return result == VerifyResult.Valid && transcript.Finish() is not ReadResult.Ok and var end ? VerifyResults.Of(end) : result;
    }

    private void Receive(ReadOnlySpan<byte> label)
    {
        byte[] cap = new byte[CapSize];
        transcript.TryReceive(label, cap);
        _batches.Add((layout.Shapes[_batches.Count], cap));
    }

    private void Work(ReadOnlySpan<byte> label, int bits)
    {
        if (bits > 0) transcript.TryReceiveWork(label, bits);
    }

    private bool ReceiveLookups()
    {
        if (!layout.Batches.Contains(ProofBatch.Lookup)) return true;
        if (key.Lookups.HasLookups)
        {
            Work("lookup work"u8, _grinding.Lookup);
            _challenges.Alpha = transcript.Draw<Extension<TField, TParameters>>("lookup alpha"u8);
            _challenges.Beta = transcript.Draw<Extension<TField, TParameters>>("lookup beta"u8);
        }
        Receive("lookup columns"u8);
        Extension<TField, TParameters> sum = default;
        bool haveFractions = messages is null || messages.TrySum(_challenges.Alpha, _challenges.Beta, out sum);
        for (int table = 0; table < key.Tables.Count; table++)
        {
            if (!key.Tables[table].Lookups.HasAny) continue;
            transcript.TryReceive<Extension<TField, TParameters>>("lookup sum"u8, _terminals.AsSpan(table, 1));
            if (key.Tables[table].IsShared) SharedSum += _terminals[table];
            else sum += _terminals[table];
        }
        return haveFractions && sum == default;
    }

    private Extension<TField, TParameters>[][] ReceiveValues()
    {
        var values = new Extension<TField, TParameters>[layout.Slots.Count][];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = new Extension<TField, TParameters>[layout.Slots[i].Width];
            transcript.TryReceive<Extension<TField, TParameters>>("opened values"u8, values[i]);
        }
        return values;
    }
}
