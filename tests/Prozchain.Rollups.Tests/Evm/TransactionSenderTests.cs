using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>The sender over a simulated chain: each fault alone, then all of them at once under random schedules.</summary>
public sealed class TransactionSenderTests : IDisposable
{
    private static readonly L1Address s_target = new(Enumerable.Repeat((byte)9, 20).ToArray());
    private static readonly SenderOptions s_options = new() { MaxFee = 1_000_000, Confirmations = 4, StuckAfterBlocks = 3, MaxInFlight = 4 };
    private readonly Secp256k1Signer _signer = new(Enumerable.Repeat((byte)5, 32).ToArray());
    private readonly SimulatedL1 _chain = new();
    private readonly MemoryJournal _journal = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _signer.Dispose();

    [Fact]
    public async Task Call_OnAQuietChain_IsConfirmedAtTheDepthAskedFor()
    {
        TransactionSender sender = Sender();
        sender.Submit(Call(1));
        Assert.Equal(SendStatus.Waiting, sender.StatusOf(Id(1)));
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Sent, sender.StatusOf(Id(1)));
        _chain.Mine();
        for (int depth = 1; depth < 4; depth++, _chain.Mine())
        {
            await sender.PollAsync(Cancellation);
            Assert.Equal(SendStatus.Mined, sender.StatusOf(Id(1)));
        }
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Confirmed, sender.StatusOf(Id(1)));
        sender.Submit(Call(1));
        await sender.PollAsync(Cancellation);
        Assert.Single(_chain.Mined);
        Assert.Null(sender.StatusOf(Id(2)));
    }

    [Fact]
    public async Task Call_ThatIsStuck_IsReplacedAtAHigherFeeUpToTheCap()
    {
        TransactionSender sender = Sender();
        sender.Submit(Call(1));
        await sender.PollAsync(Cancellation);
        UInt128 first = _chain.Pool[0].Body.MaxFee;
        _chain.BaseFee = 10_000;
        _chain.Mine(2);
        await sender.PollAsync(Cancellation);
        Assert.Equal(first, _chain.Pool[0].Body.MaxFee);
        _chain.Mine();
        await sender.PollAsync(Cancellation);
        Assert.True(_chain.Pool[0].Body.MaxFee >= 20_000);
        Assert.Equal(2, sender.Find(Id(1))!.Attempts.Count);

        _chain.BaseFee = 2_000_000;
        for (int i = 0; i < 100; i++)
        {
            _chain.Mine();
            await sender.PollAsync(Cancellation);
        }
        Assert.All(sender.Find(Id(1))!.Attempts, attempt => Assert.True(attempt.Body.MaxFee <= s_options.MaxFee));
        _chain.BaseFee = 100;
        _chain.Mine(4);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Confirmed, sender.StatusOf(Id(1)));
    }

    [Fact]
    public async Task Call_ThatIsMinedUnderAnOlderFee_IsTheSameCall()
    {
        TransactionSender sender = Sender();
        sender.Submit(Call(1));
        await sender.PollAsync(Cancellation);
        SignedL1Transaction old = _chain.Pool[0];
        _chain.BaseFee = 10_000;
        _chain.Mine(3);
        await sender.PollAsync(Cancellation);
        Assert.NotEqual(old.Hash, _chain.Pool[0].Hash);
        // The proposer of the block never saw the replacement.
        _chain.BaseFee = 100;
        _chain.Pool[0] = old;
        _chain.Mine(4);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Confirmed, sender.StatusOf(Id(1)));
        Assert.Equal(old.Hash, sender.Find(Id(1))!.Receipt!.TransactionHash);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_InAReorganisedBlock_IsMinedAgain(bool isForgotten)
    {
        TransactionSender sender = Sender();
        sender.Submit(Call(1));
        await sender.PollAsync(Cancellation);
        _chain.Mine(2);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Mined, sender.StatusOf(Id(1)));
        _chain.Reorg(2, isForgotten);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Sent, sender.StatusOf(Id(1)));
        Assert.Single(_chain.Pool);
        _chain.Mine(4);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Confirmed, sender.StatusOf(Id(1)));
        Assert.Single(_chain.Mined);
    }

    [Fact]
    public async Task Answer_ThatIsLost_IsNoReasonForASecondTransaction()
    {
        TransactionSender sender = Sender();
        _chain.After = method => method == "eth_sendRawTransaction" ? TransportFault.TimedOut : TransportFault.None;
        sender.Submit(Call(1));
        await sender.PollAsync(Cancellation);
        await sender.PollAsync(Cancellation);
        Assert.Single(sender.Find(Id(1))!.Attempts);
        _chain.Mine(4);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Confirmed, sender.StatusOf(Id(1)));
    }

    [Theory]
    [InlineData(100_000UL, SendStatus.OutOfGas)]
    [InlineData(40_000UL, SendStatus.Reverted)]
    public async Task Call_ThatFails_SaysHow(ulong gas, object expected)
    {
        _chain.Execute = _ => (false, gas);
        TransactionSender sender = Sender();
        sender.Submit(Call(1));
        await sender.PollAsync(Cancellation);
        _chain.Mine(4);
        await sender.PollAsync(Cancellation);
        Assert.Equal(expected, sender.StatusOf(Id(1)));
    }

    [Fact]
    public async Task Nonce_SpentElsewhere_EndsTheCallAfterTheDepthAndNotBefore()
    {
        TransactionSender sender = Sender();
        sender.Submit(Call(1));
        await sender.PollAsync(Cancellation);
        _chain.Pool[0] = await new L1Transaction(31337, 0, 5, 500, 21_000, s_target, 77, default).SignAsync(_signer, Cancellation);
        _chain.Mine();
        for (int depth = 1; depth < 4; depth++, _chain.Mine())
        {
            await sender.PollAsync(Cancellation);
            Assert.Equal(SendStatus.Sent, sender.StatusOf(Id(1)));
        }
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Superseded, sender.StatusOf(Id(1)));
        sender.Submit(Call(2));
        await sender.PollAsync(Cancellation);
        Assert.Equal(1UL, _chain.Pool.Single().Key);
    }

    [Fact]
    public async Task Chain_WithoutReplacement_GetsOneAtATimeAndNewFeesOnlyAfterARefusal()
    {
        _chain.CanReplace = false;
        TransactionSender sender = Sender(s_options with { CanReplace = false });
        for (int i = 1; i <= 3; i++) sender.Submit(Call(i));
        await sender.PollAsync(Cancellation);
        _chain.BaseFee = 10_000;
        for (int i = 0; i < 10; i++)
        {
            _chain.Mine();
            await sender.PollAsync(Cancellation);
            Assert.Single(_chain.Pool);
        }
        Assert.Single(sender.Find(Id(1))!.Attempts);
        // The sequencer forgot it and refuses it now: a new fee is safe.
        _chain.Pool.Clear();
        _chain.Mine(3);
        await sender.PollAsync(Cancellation);
        await sender.PollAsync(Cancellation);
        Assert.Equal(2, sender.Find(Id(1))!.Attempts.Count);
        for (int i = 0; i < 12; i++)
        {
            _chain.Mine();
            await sender.PollAsync(Cancellation);
        }
        Assert.All(Enumerable.Range(1, 3), i => Assert.Equal(SendStatus.Confirmed, sender.StatusOf(Id(i))));
    }

    [Fact]
    public async Task Poll_OfAnotherChainOrNone_DoesNothing()
    {
        var sender = new TransactionSender(new L1Client(new JsonRpcClient([_chain], new VirtualTime())), _signer, _journal, 5, s_options);
        sender.Submit(Call(1));
        Assert.Equal(PollResult.WrongChain, await sender.PollAsync(Cancellation));
        sender = Sender();
        sender.Submit(Call(1));
        foreach (string method in (string[])["eth_chainId", "eth_getBlockByNumber", "eth_feeHistory", "eth_getTransactionCount"])
        {
            _chain.Before = asked => asked == method ? TransportFault.TimedOut : TransportFault.None;
            Assert.Equal(PollResult.NoAnswer, await sender.PollAsync(Cancellation));
        }
        Assert.Empty(_chain.Pool);
        Assert.Empty(_journal.ReadAll());
    }

    [Fact]
    public async Task Schedules_OfAllFaultsAndCrashes_EndWithEachCallInAtMostOneBlock()
    {
        const int calls = 8;
        for (int seed = 0; seed < TestSettings.Scale(6, 400); seed++)
        {
            var random = new SeededRandom(TestSettings.Seed + (ulong)seed);
            var chain = new SimulatedL1();
            var journal = new MemoryJournal { Random = random };
            double trouble = 0.1;
            chain.Before = _ => random.NextDouble() < trouble ? TransportFault.Unreachable : TransportFault.None;
            chain.After = _ => random.NextDouble() < trouble ? TransportFault.TimedOut : TransportFault.None;
            TransactionSender sender = Start();
            for (int step = 0; step < 250; step++)
            {
                if (step == 150) (trouble, journal.Random, chain.BaseFee) = (0, null, 100);
                try
                {
                    await sender.PollAsync(Cancellation);
                }
                catch (MemoryJournal.Crash)
                {
                    sender = Start();
                }
                switch (random.Next(trouble > 0 ? 12 : 4))
                {
                    case < 6: chain.Mine(); break;
                    // Never deeper than what counts as confirmed.
                    case 6: chain.Reorg(random.Next(1, 4), random.Next(2) == 0); chain.Mine(); break;
                    case 7: if (chain.Pool.Count > 0) chain.Pool.Remove(chain.Pool.Keys.ElementAt(random.Next(chain.Pool.Count))); break;
                    case 8: chain.BaseFee = (ulong)random.Next(1, 5_000); break;
                    case 9: sender = Start(); break;
                }
            }
            string replay = $"seed {TestSettings.Seed + (ulong)seed}";
            for (int i = 1; i <= calls; i++) Assert.True(sender.StatusOf(Id(i)) == SendStatus.Confirmed, $"{replay}: call {i} is {sender.StatusOf(Id(i))}");
            Assert.True(Enumerable.Range(1, calls).SequenceEqual(chain.Mined.Select(mined => (int)mined.Body.Value).Order()), replay);

            TransactionSender Start()
            {
                var made = new TransactionSender(new L1Client(new JsonRpcClient([chain], new VirtualTime())), _signer, journal, 31337, s_options);
                for (int i = 1; i <= calls; i++) made.Submit(Call(i));
                return made;
            }
        }
    }

    [Fact]
    public async Task Journal_OfCallsThatEnded_KeepsTheirNamesAndNoncesOnly()
    {
        TransactionSender sender = Sender();
        for (int i = 1; i <= 2; i++) sender.Submit(Call(i));
        await sender.PollAsync(Cancellation);
        _chain.Mine(4);
        await sender.PollAsync(Cancellation);
        sender.Submit(Call(3));
        await sender.PollAsync(Cancellation);
        Assert.Equal(5, _journal.ReadAll().Count);
        sender = Sender();
        Assert.Equal(3, _journal.ReadAll().Count);
        sender = Sender();
        Assert.Equal(new SendStatus?[] { SendStatus.Confirmed, SendStatus.Confirmed, SendStatus.Sent }, Enumerable.Range(1, 3).Select(i => sender.StatusOf(Id(i))));
        for (int i = 1; i <= 4; i++) sender.Submit(Call(i));
        await sender.PollAsync(Cancellation);
        Assert.Equal([2UL, 3UL], _chain.Pool.Keys);

        using var other = new Secp256k1Signer(Enumerable.Repeat((byte)6, 32).ToArray());
        Assert.Throws<InvalidDataException>(() => new TransactionSender(new L1Client(new JsonRpcClient([_chain], new VirtualTime())), other, _journal, 31337, s_options));
        _journal.Append([1, 2, 3]);
        Assert.Throws<InvalidDataException>(() => Sender());
    }

    private TransactionSender Sender(SenderOptions? options = null) =>
        new(new L1Client(new JsonRpcClient([_chain], new VirtualTime())), _signer, _journal, 31337, options ?? s_options);

    private static L1Call Call(int i) => new(Id(i), s_target, (UInt128)i, default, 100_000);

    private static Digest32 Id(int i) => new(Hashing.Keccak(BitConverter.GetBytes(i)));
}
