using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Batches;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Tests.Transition;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Vectors;

/// <summary>
/// The wire formats of version 0, frozen: SHA-256 over the encodings of seeded cases. A change here is a change of a
/// format in docs/formats, and everybody who speaks it.
/// </summary>
public sealed class FormatFixtureTests
{
    [Fact]
    public void Transfer_IsFrozen() =>
        Expect("transfer", BatchTests.Transfers(100, 7, 1).Select(transfer => L2TransferTests.Encode(transfer)));

    [Fact]
    public void Batch_IsFrozen() =>
        Expect("batch", Enumerable.Range(0, 40).Select(i => BatchTests.Encode(BatchTests.Transfers(i * 3, 1 + i, i), out _)));

    [Fact]
    public void SettlementCall_IsFrozen() =>
        Expect("call", SettlementCallTests.Payloads.Select(payload => SettlementCall.Encode(new HashSigner(1), World.Root(1), 300, payload)));

    [Fact]
    public void Witness_IsFrozen()
    {
        var state = new RollupState();
        for (int i = 0; i < 50; i++) state.Credit(new HashSigner(i).Address, (ulong)i);
        Expect("witness", Enumerable.Range(40, 20).Select(i =>
        {
            var recording = new RecordingState<KeccakTree>(state.Store);
            new PaymentsTransition(World.ChainId, new HashVerifier()).Apply(World.Transfer(new HashSigner(i), new HashSigner(2 * i).Address, 1, 0), true, default, recording, new EffectLog());
            return StateWitnessTests.Encode(recording.Witness()!);
        }));
    }

    [Fact]
    public void RootsAndDigests_AreFrozen()
    {
        var world = new World();
        var trace = new BatchTrace([.. Enumerable.Range(0, 14).Select(World.Root)]);
        Expect("digests", [world.Genesis.StateRoot.Span.ToArray(), world.Genesis.Digest.Span.ToArray(), trace.Commitment.Span.ToArray(), world.Poster.Address.Digest.Span.ToArray(), world.Sequence(25, 6).PostRoot.Span.ToArray()]);
    }

    private static void Expect(string format, IEnumerable<byte[]> encodings)
    {
        var all = new ArrayBufferWriter<byte>();
        foreach (byte[] encoding in encodings) all.Write(encoding);
        string expected = format switch
        {
            "transfer" => "28b1b91d963444e6f611a770038e2f6c1d13aff7227e69b39650124bc6c81ca1",
            "batch" => "b94746a10677ecad1b5be158d928dba0601b0a5d00a34b2b47c55637de3cc6cf",
            "call" => "ea7b4dc1cf211778a1990072160efe94f2870965af41d96250fef35b4389e60f",
            "witness" => "0f99f431839e8ca6782cc503aa953900d476d17e596352b2f5b4b303306a5504",
            _ => "3989a80754074044fa42c296b0a652cfdd36962d2d6ed4ae044aff1fd9f745b8",
        };
        string actual = Convert.ToHexStringLower(SHA256.HashData(all.WrittenSpan));
        Assert.True(expected == actual, $"Expected {expected} for {format}, got {actual}.");
    }
}
