using System.Security.Cryptography;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Engine;

/// <summary>What a caller does wrong is said at once; what anyone hands in is answered.</summary>
public class MisuseTests
{
    [Fact]
    public void Open_BadOptions_Throws()
    {
        InProcessOptions options = EngineWorld.Options(2);
        StateWrite cell = options.Cells[0];
        foreach (InProcessOptions bad in (InProcessOptions[])[
            options with { ShardCount = 0 }, options with { ShardCount = 1025 }, options with { MicroBlocks = 0 }, options with { MicroBlocks = 65 }, options with { MicroBlockMs = -1 },
            options with { MaxDegreeOfParallelism = 0 }, options with { StateBytes = 5 }, options with { MaxQueued = 0 }, options with { GenesisTimeMs = -1 }, options with { OtherLog = options.Log },
            options with { Cells = [cell, cell] }, options with { Cells = [StateWrite.Delete(cell.Key)] }, options with { Cells = [new StateWrite(cell.Key, new byte[5000])] },
            options with { Validators = [new EngineValidator(TestNetwork.Wallet(1), 1)] }, EngineWorld.Options(2, beacon: true) with { UnsafeDevelopment = null }])
            Assert.ThrowsAny<ArgumentException>(() => EngineWorld.Open(bad));
        Assert.Throws<ArgumentNullException>(() => EngineWorld.Open(null!));
        Assert.Throws<ArgumentException>(() => TransferEngine.Cells([new GenesisAccount(TestNetwork.AddressOf(0), ulong.MaxValue), new GenesisAccount(TestNetwork.AddressOf(1), 1)]));
    }

    [Fact]
    public void Calls_BadArguments_Throw()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2));
        engine.Round();
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.RunRound(engine.TimeMs - 1));
        Assert.Throws<ArgumentException>(() => engine.RunRound(engine.TimeMs, new byte[(1 << 20) + 1]));
        Assert.Throws<ArgumentException>(() => engine.Header(new ShardId(99)));
        Assert.Throws<ArgumentException>(() => engine.SubmitMany(new ReadOnlyMemory<byte>[2], new AdmissionResult[1]));
        Assert.Throws<ArgumentNullException>(() => engine.SubmitMany(null!, new AdmissionResult[1]));
        Assert.Throws<InvalidOperationException>(() => engine.SubmitRecord(1, [2]));
        // None of it did any harm.
        Assert.Equal(2UL, engine.Round().Height);
    }

    [Fact]
    public void Submit_EachFault_IsNamed()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(4));
        Assert.Equal(AdmissionResult.Accepted, engine.Submit(EngineWorld.Pay(0, 1, 1, 0)));
        Assert.Equal(AdmissionResult.SequenceTooLow, engine.Submit(EngineWorld.Pay(0, 1, 2, 0)));
        Assert.Equal(AdmissionResult.SequenceGap, engine.Submit(EngineWorld.Pay(0, 1, 2, 2)));
        Assert.Equal(AdmissionResult.Accepted, engine.Submit(EngineWorld.Pay(0, 1, 2, 1)));
        engine.Round();
        Assert.Equal(AdmissionResult.SequenceTooLow, engine.Submit(EngineWorld.Pay(0, 1, 2, 1)));
        byte[] pay = EngineWorld.Pay(0, 1, 1, 2);
        Assert.Equal(AdmissionResult.BadSignature, engine.Submit(Changed(pay, pay.Length - 1)));
        Assert.Equal(AdmissionResult.WrongChain, engine.Submit(Changed(pay, 1)));
        Assert.Equal(AdmissionResult.Unknown, engine.Submit(Changed(pay, 0)));
        Assert.Equal(AdmissionResult.Malformed, engine.Submit(pay.AsMemory(0, pay.Length - 1)));
        Assert.Equal(AdmissionResult.Malformed, engine.Submit(default));
        Assert.Equal(AdmissionResult.OutsideWindow, engine.Submit(EngineWorld.Pay(0, 1, 1, 2, validMs: 1)));
        Assert.Equal(AdmissionResult.OutsideWindow, engine.Submit(EngineWorld.Pay(0, 1, 1, 2, validMs: TransferTransition.MaxWindowMs + 100_000)));
        Assert.Equal(AdmissionResult.Accepted, engine.Submit(pay));

        byte[] swap = EngineWorld.Swap(2, 1, 3, 1, engine.TimeMs);
        Assert.Equal(AdmissionResult.BadSignature, engine.SubmitAtomic(Changed(swap, swap.Length - 1)));
        Assert.Equal(AdmissionResult.Malformed, engine.SubmitAtomic(swap.AsSpan(1)));
        Assert.Equal(AdmissionResult.OutsideWindow, engine.SubmitAtomic(EngineWorld.Swap(2, 1, 3, 1, EngineWorld.StartMs - 10_000)));
        Assert.Equal(AdmissionResult.Accepted, engine.SubmitAtomic(swap));

        static byte[] Changed(byte[] bytes, int at)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 1 << 5;
            return changed;
        }
    }

    /// <summary>A window that ends while a transfer waits: it is given up, and others go on.</summary>
    [Fact]
    public void RunRound_WindowEndsInTheQueue_Dropped()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2));
        Assert.Equal(AdmissionResult.Accepted, engine.Submit(EngineWorld.Pay(0, 1, 1, 0, validMs: 50)));
        Assert.Equal(AdmissionResult.Accepted, engine.Submit(EngineWorld.Pay(1, 0, 1, 0)));
        EngineRound round = engine.RunRound(EngineWorld.StartMs + 5_000);
        Assert.Equal((1, 1), (round.Shards.Sum(shard => shard.Dropped), round.Shards.Sum(shard => shard.Applied)));
    }

    [Fact]
    public void Submit_HostileBytes_AreAnswered()
    {
        var random = new Random((int)TestSettings.Seed);
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(3));
        var transactions = new List<ReadOnlyMemory<byte>>();
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = i % 2 == 0 ? EngineWorld.Pay(i % 32, (i + 1) % 32, 1, 0) : EngineWorld.Swap(i % 32, 1, (i + 1) % 32, 2, EngineWorld.StartMs);
            for (int change = random.Next(4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            engine.SubmitAtomic(bytes);
            transactions.Add(bytes);
        }
        engine.SubmitMany(transactions, new AdmissionResult[transactions.Count]);
        for (int round = 0; round < 30; round++) engine.Round();
        engine.AssertConserved();
    }

    /// <summary>The formats of docs/formats/sharding-engine.md are frozen.</summary>
    [Theory]
    [InlineData(true, false, "318d49e07e25158aaf5efb59ba34af815e6f9c77224279c0da98a7459a45128c")]
    [InlineData(false, true, "4311fe264cf5f2c3f4cfe6db80fbeafcb7331843234a010923cc20ca8eda4e51")]
    [InlineData(true, true, "37185e9b011cbfed52de9abe174e5675558cec20ea2bba23f5612a0d71480581")]
    public void Log_FixedRun_IsFrozen(bool checkpoints, bool beacon, string expected)
    {
        MemoryLogStorage log = new(), other = new();
        using (InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2, log, beacon: beacon) with { OtherLog = checkpoints ? other : null, CheckpointBytes = checkpoints ? 1 : 1 << 20 }))
        {
            var load = new EngineLoad(1);
            for (byte round = 0; round < 3; round++)
            {
                load.Submit(engine, 5, swaps: true);
                if (beacon) engine.SubmitRecord(3, [round]);
                engine.Round(new byte[] { round });
            }
        }
        string actual = Convert.ToHexStringLower(SHA256.HashData([.. EngineWorld.BytesOf(log), .. EngineWorld.BytesOf(other)]));
        Assert.True(expected == actual, $"Expected {expected}, got {actual}.");
    }
}
