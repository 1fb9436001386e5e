using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>What the beacon costs each of its validators: a certificate of the pool, and an epoch's end.</summary>
internal static class BeaconRows
{
    private const string Area = "Sharding";
    private const int Validators = 1000, Shards = 64;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Held(QuickRow.Time(Area, "beacon certificate verified, 667 of 1,000 Ed25519 validators, 1 thread", "ms", 1e3, Certificate)),
        Held(QuickRow.Time(Area, "beacon block that ends an epoch, 1,000 validators, committees of 64 × 64 seats", "ms", 1e3, EpochEnd)),
    ];

    private static QuickRow Held(QuickRow row) => row with { Against = Yardstick.Registers, FromYardstick = Steps.Milliseconds };

    private static QuickBody Certificate()
    {
        Ed25519Signer[] signers = [.. Enumerable.Range(0, Validators).Select(i => new Ed25519Signer(Seeded.Bytes(32, i)))];
        BeaconOptions options = Options([.. signers.Select(signer => signer.PublicKey)]);
        BeaconState state = BeaconFold.Genesis(options);
        ValidatorSet set = state.Validators;
        Digest hash = BeaconFold.Propose(options, state, 1, new BeaconBody()).Hash;
        var votes = new List<CertificateShare>();
        foreach (Ed25519Signer signer in signers.Take(667))
        {
            byte[] signature = new byte[65];
            signer.Sign(BeaconCertificate.MessageFor(hash).Span, signature);
            votes.Add(new CertificateShare(set.IndexOf(signer.PublicKey.Span), signature));
        }
        BeaconCertificate certificate = BeaconCertificate.Assemble(set, hash, votes);
        foreach (Ed25519Signer signer in signers) signer.Dispose();
        return new QuickBody(() =>
        {
            CertificateResult result = certificate.Verify(set, hash, options.Verifier);
            if (result != CertificateResult.Valid) throw new InvalidOperationException($"Expected a valid certificate, got {result}.");
        });
    }

    private static QuickBody EpochEnd()
    {
        BeaconOptions options = Options([.. Enumerable.Range(0, Validators).Select(i => (ReadOnlyMemory<byte>)(byte[])[2, .. Seeded.Bytes(32, i)])]);
        BeaconState state = BeaconFold.Genesis(options);
        BeaconBlock block = BeaconFold.Propose(options, state, 1, new BeaconBody());
        return new QuickBody(() =>
        {
            BeaconVerdict verdict = BeaconFold.Apply(options, state, block, out _);
            if (!verdict.IsValid) throw new InvalidOperationException($"Expected a valid block, got {verdict}.");
        });
    }

    private static BeaconOptions Options(ReadOnlyMemory<byte>[] keys)
    {
        ShardLayout layout = ShardLayout.Create(Shards);
        return new BeaconOptions
        {
            ChainId = 1,
            Layout = layout,
            Genesis = [.. layout.Shards.Select(shard => AnchorEntry.Genesis(shard.Id, default, default))],
            Validators = [.. keys.Select(key => new Validator(key, 1_000_000))],
            UnsafeDevelopment = new CommitteeParameters(64),
            BlocksPerEpoch = 1,
            Randomness = new SeededRandomness(new byte[32]),
            Verifier = new Ed25519Verifier(),
        };
    }
}
