using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Testing;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>Hosts as processes of their own over a real EVM, killed as kill -9 does at drawn points: whoever starts again goes on where the settlement layer is.</summary>
[Collection(AnvilCollection.Name)]
public sealed class ProcessKillTests(AnvilFixture fixture) : IAsyncDisposable
{
    private const string Rollup = "PROZCHAIN_TEST_ROLLUP", Kill = "PROZCHAIN_TEST_KILL";
    private const int Payments = 12;

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"prozchain-{Guid.NewGuid():N}");
    private readonly SeededRandom _random = new(TestSettings.Seed);
    private AnvilWorld _world = null!;
    private PaymentRollup _rollup = null!;
    private int _killed;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Told => Environment.GetEnvironmentVariable(Rollup)!;

    /// <summary>It claims each batch once, answers what is asked of it, makes final what is due and has all its bonds back.</summary>
    [Fact]
    public async Task Proposer()
    {
        if (await PlaysAsync("proposer", ProposeAsync)) return;
        await StartAsync();
        UInt128 before = await _world.BalanceOfAsync(_world.AddressOf(PaymentRollup.Proposer));
        await PostAsync(_rollup.Pay(0, 1, 5), _rollup.Withdraw(0, 40));
        await RunAsync("proposer", "b1", "r" + _random.Next(30, 120));
        await PostAsync(_rollup.Pay(1, 2, 1));
        // A last time with the data at hand: then it is gone, and asked for.
        await RunAsync("proposer", "a1", "");
        Directory.Delete(Path.Combine(_directory, "network"), recursive: true);
        ulong count = (await _world.ReadAsync(_rollup.At.Inbox, InboxContract.BatchCount))[0].ToUInt64();
        foreach (ulong index in (ulong[])[0, DataChallengeContract.List])
        {
            (AbiValue fields, UInt128 bond) = await _rollup.AskableAsync(count - 1);
            AbiFunction ask = index == 0 ? DataChallengeContract.Challenge : DataChallengeContract.ChallengeList;
            await _world.DoAsync(PaymentRollup.Other, _rollup.At.DataChallenge, ask, bond, count - 1, fields, 0UL);
        }
        await RunAsync("proposer", "b1", "a1", "");
        Assert.Equal(2, (await _world.EventsAsync(_rollup.At.DataChallenge, DataChallengeContract.Answered)).Count);
        Assert.Equal((UInt128)0, await _world.BalanceOfAsync(_rollup.At.DataChallenge));

        List<AbiValue> claims = await _world.EventsAsync(_rollup.At.StateChain, C.Claimed);
        Assert.Equal(Enumerable.Range(0, (int)count).Select(static i => (ulong)i), claims.Select(static claim => claim[0].ToUInt64()));
        await _world.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period));
        await RunAsync("proposer", "b1", "a1", "b2", "");
        Assert.Equal(count, (await _world.ReadAsync(_rollup.At.StateChain, C.FinalCount))[0].ToUInt64());
        await _world.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.VaultDelay));
        await RunAsync("proposer", "b1", "");
        Assert.Equal((UInt128)0, await _world.BalanceOfAsync(_rollup.At.BondVault) + await _world.BalanceOfAsync(_rollup.At.StateChain));
        // Of its own it spent gas, and the bonds of who asked are its own now.
        Assert.InRange(await _world.BalanceOfAsync(_world.AddressOf(PaymentRollup.Proposer)), before + 150_000_000_000_000_000, before + 200_000_000_000_000_000);
        Assert.True(_killed >= 6, $"killed {_killed} times");
    }

    /// <summary>What goes wrong while it is dead it says when it lives again, and nothing else.</summary>
    [Fact]
    public async Task Watchtower()
    {
        if (await PlaysAsync("watchtower", WatchAsync)) return;
        await StartAsync();
        await RunAsync("watchtower", "r" + _random.Next(3, 40), "");
        Assert.Empty(Alarms());
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), _rollup.At, new LyingSource(_rollup.Node, 0, 0));
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        await RunAsync("watchtower", "r" + _random.Next(3, 30), "r" + _random.Next(30, 60));
        await _rollup.AppendUnreadAsync([new byte[] { 1 }], isShown: null);
        await _rollup.DepositAsync(1, 5);
        await _world.AdvanceAsync(TimeSpan.FromSeconds(InboxContract.ForcedDelaySeconds + 1));
        await RunAsync("watchtower", "r" + _random.Next(3, 60), "");
        await _world.DoAsync(PaymentRollup.Sequencer, _rollup.At.Guardian, GuardianContract.Pause, 0);
        await _world.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Day));
        await _world.DoAsync(PaymentRollup.User, _rollup.At.DataChallenge, DataChallengeContract.Expire, 0, 1UL, DataChallengeContract.List);
        await RunAsync("watchtower", "r" + _random.Next(3, 60), "");
        Assert.Equal(
            new[] { $"{AlarmKind.WrongClaim} 0", $"{AlarmKind.DataChallenged} 1", $"{AlarmKind.DataWithheld} 1", $"{AlarmKind.ForcedOverdue} 3", nameof(AlarmKind.Paused) }.Order(StringComparer.Ordinal),
            Alarms().Select(static line => line.StartsWith(nameof(AlarmKind.Paused), StringComparison.Ordinal) ? nameof(AlarmKind.Paused) : line).Distinct().Order(StringComparer.Ordinal));
        Assert.True(_killed >= 4, $"killed {_killed} times");
    }

    /// <summary>No transaction that it gave its word on is lost or moved, and no two of its words contradict each other.</summary>
    [Fact]
    public async Task Sequencer()
    {
        if (await PlaysAsync("sequencer", SequenceAsync)) return;
        await StartAsync();
        await RunAsync("sequencer", "b1", "r" + _random.Next(30, 90), "a1", "r" + _random.Next(90, 200), "");
        foreach (string file in Directory.GetFiles(Path.Combine(_directory, "network"))) await _rollup.Data.PublishAsync(await File.ReadAllBytesAsync(file, Cancellation), new byte[Digest32.Size], Cancellation);
        DerivationStatus status = await _rollup.SyncAsync();
        Assert.Null(status.WaitsFor);
        Assert.Equal(3 * Payments, _rollup.Batches.Values.Sum(static batch => batch.TransactionHashes.Length));
        var judge = new ConfirmationFault(PaymentRollup.ChainId, PaymentRollup.Word.PublicKey, new HashVerifier());
        var words = new Dictionary<(ulong, uint), SoftConfirmation>();
        foreach (string line in await File.ReadAllLinesAsync(Path.Combine(_directory, "sequencer", "words"), Cancellation))
        {
            Assert.True(SoftConfirmation.TryRead(Convert.FromHexString(line), out SoftConfirmation word));
            if (words.TryGetValue((word.Batch, word.Position), out SoftConfirmation other)) Assert.Equal(ConfirmationVerdict.Consistent, judge.Judge(word, other));
            words[(word.Batch, word.Position)] = word;
            Assert.Equal(ConfirmationVerdict.Consistent, judge.Judge(word, _rollup.Batches[word.Batch]));
        }
        Assert.True(words.Count > 2 && _killed >= 3, $"{words.Count} words, killed {_killed} times");
    }

    public async ValueTask DisposeAsync()
    {
        if (_rollup is not null) _rollup.Dispose();
        if (_world is not null) await _world.DisposeAsync();
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    private static async Task ProposeAsync(string kill)
    {
        using var host = new RollupProcess(Told, "proposer", PaymentRollup.Proposer, kill);
        using PaymentNode<KeccakTree> node = host.NewNode();
        var proposer = new ClaimProposer(host.Chain, host.At, node, host.Rules.FirstBlock);
        var answerer = new DataAnswerer<Payment, KeccakTree>(host.Chain, host.At, host.Data, host.NewDerivation, host.Rules.FirstBlock);
        bool isIdle;
        do
        {
            isIdle = await answerer.StepAsync(Cancellation) == DataMove.None;
            isIdle &= await proposer.StepAsync(Cancellation) == ClaimMove.None;
        }
        while (!isIdle);
    }

    private static async Task WatchAsync(string kill)
    {
        using var host = new RollupProcess(Told, "watchtower", PaymentRollup.Other, kill);
        using PaymentNode<KeccakTree> node = host.NewNode();
        var contracts = new WatchedContracts
        {
            Inbox = host.At.Inbox, Bridge = host.At.Bridge, Finality = host.At.StateChain, Hatch = host.At.EscapeHatch, Guardian = host.At.Guardian, Challenges = host.At.DataChallenge, FirstBlock = host.Rules.FirstBlock,
        };
        var tower = new Watchtower(host.Chain, node, contracts, new CircuitBreaker(3_600, 7_200));
        for (int look = 0; look < 2; look++)
        {
            await node.SyncAsync(null, Cancellation);
            foreach (Alarm alarm in await tower.LookAsync(Cancellation)) host.Write("alarms", $"{alarm.Kind} {alarm.Subject}");
        }
    }

    // Everybody's payments are handed in anew after each start, as by users who do not know what became of them.
    private static async Task SequenceAsync(string kill)
    {
        using var host = new RollupProcess(Told, "sequencer", PaymentRollup.Sequencer, kill);
        using var journal = new FileTransactionJournal(host.PathOf("made"));
        var setup = new RollupSequencerSetup<Payment, KeccakTree>(
            host.Rules, host.Chain, host.Data, host.Transition, PaymentRollup.Codec, new PaymentAccess(PaymentRollup.ChainId), PaymentRollup.Word, journal);
        var sequencer = new RollupSequencer<Payment, KeccakTree>(setup, new RollupSequencerOptions { Posting = SourceKind.OffChain });
        await sequencer.StartAsync(Cancellation);
        for (int i = 0; i < Payments; i++)
        {
            for (int from = 0; from < 3; from++)
            {
                using P256Signer person = PaymentRollup.NewPerson(from);
                var address = AccountAddress.FromPublicKey(person.PublicKey.Span);
                Payment payment = PaymentMessage.Sign(new Payment { Sender = address, Nonce = (ulong)i, Recipient = address, Amount = 1, Fee = 1 }, person, PaymentRollup.ChainId);
                sequencer.Submit(new[] { payment }, new PoolResult[1]);
            }
            if (sequencer.Extend() is { } word)
            {
                var bytes = new byte[SoftConfirmation.Size];
                word.Write(bytes);
                host.Write("words", Convert.ToHexString(bytes));
            }
            if (i % 3 < 2) continue;
            sequencer.Close();
            await sequencer.PostAsync(Cancellation);
            await sequencer.FollowAsync(Cancellation);
        }
        sequencer.Close();
        await sequencer.PostAsync(Cancellation);
    }

    // In a child: plays the role to its end, or until it is killed.
    private static async Task<bool> PlaysAsync(string role, Func<string, Task> play)
    {
        if (ChildTest.Role != role) return false;
        await play(Environment.GetEnvironmentVariable(Kill) ?? "");
        ChildTest.ReportEnd();
        return true;
    }

    // One process for each point at which it is killed; that of none must come to its end.
    private async Task RunAsync(string role, params string[] kills)
    {
        foreach (string kill in kills)
        {
            var told = new Dictionary<string, string?> { [Rollup] = RollupProcess.Describe(_rollup, _world.Endpoint, _directory), [Kill] = kill };
            ChildResult result = await Task.Run(() => ChildTest.Run(role, told, TimeSpan.FromSeconds(60)), Cancellation);
            if (!result.ReachedEnd) _killed++;
            Assert.True(result.ReachedEnd || (kill.Length > 0 && !result.TimedOut && result.ExitCode == 137), $"{role}, {kill}: {result.Describe()}");
        }
    }

    private async Task StartAsync()
    {
        _world = await AnvilWorld.StartAsync(fixture);
        _rollup = await PaymentRollup.StartAsync(_world);
        for (int i = 0; i < 3; i++) await _rollup.DepositAsync(i, 1_000_000);
        await PostAsync();
    }

    private async Task PostAsync(params Payment[] payments)
    {
        await _rollup.PostAsync(payments);
        Directory.CreateDirectory(_directory);
        var network = new DirectoryDataPublisher(Path.Combine(_directory, "network"));
        AbiValue posted = (await _world.EventsAsync(_rollup.At.Inbox, InboxContract.BatchAppended))[^1];
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        Assert.True(await _rollup.Data.TryFetchAsync(posted[3].ToDigest().Span.ToArray(), bytes, Cancellation));
        await network.PublishAsync(bytes.WrittenMemory, new byte[Digest32.Size], Cancellation);
        await _rollup.SyncAsync();
    }

    private string[] Alarms() => File.Exists(Path.Combine(_directory, "watchtower", "alarms")) ? File.ReadAllLines(Path.Combine(_directory, "watchtower", "alarms")) : [];
}
