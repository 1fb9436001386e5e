using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Testing;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;
using Prozchain.Zk.Transcripts;
using Prozchain.Zk.Transforms;
using B = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.BabyBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Poseidon = Prozchain.Zk.Merkle.SpongeMatrixHash<Prozchain.Zk.Fields.KoalaBear, Prozchain.Zk.Hashing.Poseidon2Width24<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Zk.Tests;

public class BabyBear4FriTests : FriFieldTests<B, BabyBear4, ByteMatrixHash<B, Sha256>, Sha256>;

public class KoalaBear5FriTests : FriFieldTests<F, KoalaBear5, ByteMatrixHash<F, Blake3>, Keccak256>;

public class KoalaBear6FriTests : FriFieldTests<F, KoalaBear6, ByteMatrixHash<F, Keccak256>, Keccak256>;

public class KoalaBear8FriTests : FriFieldTests<F, KoalaBear8, Poseidon, Keccak256>;

public class KoalaBear4FriTests : FriFieldTests<F, KoalaBear4, ByteMatrixHash<F, Keccak256>, Keccak256>
{
    // SHA-256 of a proof: the same at every width. To change it is to change the format.
    private const string Frozen = "422248AB9D6B6D8CB90C88BAFEEF14167E23EE3EA770B18C";

    [Fact]
    public void Prove_EveryWidth_GivesTheFrozenBytes()
    {
        static void Body() => Assert.Equal(Frozen, Convert.ToHexString(SHA256.HashData(Proof(out _)))[..48]);
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }
}

public abstract class FriFieldTests<TField, TParameters, TTree, THash>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
    where THash : struct, IDigest<THash>
{
    [Fact]
    public void Verify_AnHonestProof_IsValid()
    {
        Proof(out VerifyResult result);
        Assert.Equal(VerifyResult.Valid, result);
    }

    protected static byte[] Proof(out VerifyResult result)
    {
        var settings = new FriSettings(1, BatchingKind.Tensor, 9, default, 0);
        int[] folds = [3, 2, 1];
        var proof = new ArrayBufferWriter<byte>();
        CommittedBatch<TField, TTree>[] batches =
        [
            new BatchCommitter<TField, TTree>(1).Commit([Columns(10, 21), Columns(7, 2)]),
            new BatchCommitter<TField, TTree>(1).Commit([Columns(5, 3)]),
        ];
        Extension<TField, TParameters>[] points = FieldTools.Elements<Extension<TField, TParameters>>(2, 4);
        OpeningClaim<Extension<TField, TParameters>>[] claims = [Claim(0, 0, 0), Claim(0, 1, 1), Claim(0, 0, 1), Claim(1, 0, 0)];
        using var prover = new ProverTranscript<THash>(new("test of fields"), proof);
        FriProver.Prove(prover, settings, folds, batches, claims);
        using var verifier = new VerifierTranscript<THash>(new("test of fields"), proof.WrittenMemory);
        result = FriVerifier.Verify<TField, TParameters, TTree, THash>(verifier, settings, folds, [.. batches.Select(batch => (batch.Shape, batch.Cap.ToArray()))], claims);
        Assert.Equal(ReadResult.Ok, verifier.Finish());
        return proof.WrittenSpan.ToArray();

        OpeningClaim<Extension<TField, TParameters>> Claim(int batch, int matrix, int point) =>
            new(batch, matrix, points[point], new PointEvaluator<TField, TParameters>(batches[batch].Matrices[matrix].LogRows, points[point]).Evaluate(batches[batch].Matrices[matrix]));
    }

    private static ColumnSet<TField> Columns(int logRows, int width) =>
        new(logRows, new(FieldTools.Elements<TField>(width << logRows, width), new ColumnLayout(width, 1 << logRows)), TField.One);
}
