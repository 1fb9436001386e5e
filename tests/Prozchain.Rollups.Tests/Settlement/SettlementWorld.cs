using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>A settlement layer for one suite of tests that runs against every implementation: accounts with funds, contracts by name, time to be moved on.</summary>
public abstract class SettlementWorld : IAsyncDisposable
{
    protected const int Accounts = 11;

    private static readonly Secp256k1Signer[] s_signers = [.. Enumerable.Range(0, Accounts).Select(i => new Secp256k1Signer(Enumerable.Repeat((byte)(0x61 + i), 32).ToArray()))];

    protected static readonly UInt128 Funds = (UInt128)10_000 * 1_000_000_000_000_000_000;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The settlement layer as an account sees it.</summary>
    public abstract ISettlementChain As(int account);

    public L1Address AddressOf(int account) => As(account).Account;

    /// <summary>Signs for an account.</summary>
    public static Secp256k1Signer SignerOf(int account) => s_signers[account];

    public async Task<ChainBlock> BlockAsync(ulong? number = null) => (await As(0).FindBlockAsync(number, ChainFinality.Latest, Cancellation))!.Value;

    /// <summary>The list of a batch of no items, of the newest block's time.</summary>
    internal async Task<AbiValue> NoItemsAsync() => InboxContract.ListOf(default, 0, (await BlockAsync()).TimestampSeconds);

    public abstract Task<UInt128> BalanceOfAsync(L1Address account);

    /// <summary>Moves the time on and makes a block.</summary>
    public abstract Task AdvanceAsync(TimeSpan by);

    /// <summary>Replaces the newest blocks by empty ones.</summary>
    public abstract Task ReorganiseAsync(int depth);

    public abstract ValueTask DisposeAsync();

    /// <summary>The call that creates a contract.</summary>
    internal ChainCall CreationOf(string contract, params AbiValue[] arguments) => new(default, Creation(contract, arguments), GasLimit: 10_000_000);

    /// <summary>Where the contract will be that account 0 creates after so many other transactions.</summary>
    public async Task<L1Address> NextContractAsync(ulong others) => L1Address.OfCreated(AddressOf(0), await NonceAsync(0) + others);

    /// <summary>How many transactions of an account are in blocks.</summary>
    public abstract Task<ulong> NonceAsync(int account);

    /// <summary>Creates a contract.</summary>
    internal async Task<L1Address> DeployAsync(string contract, params AbiValue[] arguments)
    {
        ChainReceipt receipt = await SendAsync(0, CreationOf(contract, arguments));
        Assert.True(receipt.IsOk, $"Expected {contract} to be created, got {receipt}.");
        return receipt.Created;
    }

    /// <summary>Tries to create a contract.</summary>
    internal Task<ChainReceipt> CreateAsync(string contract, params AbiValue[] arguments) => SendAsync(0, new ChainCall(default, Creation(contract, arguments), GasLimit: 10_000_000));

    /// <summary>Sends a call that must succeed.</summary>
    internal async Task<ChainReceipt> DoAsync(int account, L1Address contract, AbiFunction function, UInt128 value, params AbiValue[] arguments)
    {
        ChainReceipt receipt = await SendAsync(account, new ChainCall(contract, function.Encode(arguments), value));
        Assert.True(receipt.IsOk, $"Expected {function.Name} to succeed.");
        return receipt;
    }

    /// <summary>Asserts that a call reverts, sent as well as tried, and returns the error in words.</summary>
    internal async Task<string> RevertAsync(int account, L1Address contract, AbiFunction function, UInt128 value, AbiFunction[] errors, params AbiValue[] arguments)
    {
        var call = new ChainCall(contract, function.Encode(arguments), value);
        ChainAnswer answer = await As(account).CallAsync(call, Cancellation);
        Assert.False(answer.IsOk, $"Expected {function.Name} to revert.");
        return RevertReason.Describe(answer.Output, errors);
    }

    internal async Task<AbiValue> ReadAsync(L1Address contract, AbiFunction function, params AbiValue[] arguments)
    {
        ChainAnswer answer = await As(0).CallAsync(new ChainCall(contract, function.Encode(arguments)), Cancellation);
        Assert.True(answer.IsOk, $"Expected an answer of {function.Name}.");
        Assert.Equal(AbiReadResult.Ok, function.TryDecodeOutput(answer.Output, out AbiValue values));
        return values;
    }

    /// <summary>Tries a call as any account, of which nobody needs the key.</summary>
    public abstract Task<ChainAnswer> CallFromAsync(L1Address sender, ChainCall call);

    /// <summary>All that contracts logged, oldest first.</summary>
    public async Task<List<ChainLog>> LogsAsync(params L1Address[] contracts)
    {
        var logs = new List<ChainLog>();
        await As(0).ReadLogsAsync(0, (await BlockAsync()).Number, contracts, logs, Cancellation);
        return logs;
    }

    /// <summary>All that a contract logged of a kind, oldest first.</summary>
    internal async Task<List<AbiValue>> EventsAsync(L1Address contract, AbiEvent type)
    {
        var events = new List<AbiValue>();
        foreach (ChainLog log in await LogsAsync(contract))
            if (type.TryDecode(log.TopicList(), log.Data, out AbiValue members) == AbiReadResult.Ok) events.Add(members);
        return events;
    }

    /// <summary>Sends a call and returns when it is in a block.</summary>
    internal abstract Task<ChainReceipt> SendAsync(int account, ChainCall call);

    private protected abstract byte[] Creation(string contract, AbiValue[] arguments);
}

/// <summary>In process.</summary>
public sealed class InProcessWorld : SettlementWorld
{
    private const ulong Genesis = 1_800_000_000;

    private readonly ISettlementChain[] _accounts;

    public InProcessWorld()
    {
        _accounts = [.. Enumerable.Range(0, Accounts).Select(i => Chain.As(L1Address.FromPublicKey(SignerOf(i).PublicKey.Span)))];
        foreach (ISettlementChain account in _accounts) Chain.Mint(account.Account, Funds);
    }

    public InProcessChain Chain { get; } = new(Genesis, 64, TestTwins.Create);

    public override ISettlementChain As(int account) => _accounts[account];

    public override Task<UInt128> BalanceOfAsync(L1Address account) => Task.FromResult(Chain.BalanceOf(account));

    public override Task<ulong> NonceAsync(int account) => Task.FromResult(Chain.NonceOf(AddressOf(account)));

    public override Task<ChainAnswer> CallFromAsync(L1Address sender, ChainCall call) => Task.FromResult(Chain.Call(sender, call));

    public override Task AdvanceAsync(TimeSpan by)
    {
        Chain.Mine(Chain.Head.TimestampSeconds + (ulong)by.TotalSeconds);
        return Task.CompletedTask;
    }

    public override Task ReorganiseAsync(int depth)
    {
        ulong time = Chain.Head.TimestampSeconds;
        Chain.Reorganise(depth);
        for (int i = 0; i < depth; i++) Chain.Mine(time);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal override async Task<ChainReceipt> SendAsync(int account, ChainCall call)
    {
        ValueTask<ChainReceipt> sent = As(account).SendAsync(call, Cancellation);
        Chain.Mine(Chain.Head.TimestampSeconds + 1);
        return await sent;
    }

    private protected override byte[] Creation(string contract, AbiValue[] arguments) => TestTwins.Creation(contract, arguments);
}

/// <summary>On a real EVM.</summary>
public sealed class AnvilWorld : SettlementWorld
{
    private readonly AnvilNode _node;
    private readonly EvmSettlement[] _accounts;
    private readonly AnvilFixture _fixture;

    private AnvilWorld(AnvilFixture fixture, AnvilNode node, EvmSettlement[] accounts) => (_fixture, _node, _accounts) = (fixture, node, accounts);

    /// <summary>Where the node is, for other processes.</summary>
    public Uri Endpoint => _node.Endpoint;

    /// <summary>On a node of its own. Skips the calling test where there can be none.</summary>
    public static async Task<AnvilWorld> StartAsync(AnvilFixture fixture)
    {
        AnvilNode node = fixture.NewNode();
        var accounts = new EvmSettlement[Accounts];
        for (int i = 0; i < Accounts; i++)
        {
            accounts[i] = Connect(node, i);
            await node.FundAsync(accounts[i].Account);
        }
        return new AnvilWorld(fixture, node, accounts);
    }

    internal AnvilNode Node => _node;

    public override ISettlementChain As(int account) => _accounts[account];

    public override async Task<ChainAnswer> CallFromAsync(L1Address sender, ChainCall call)
    {
        L1Answer<byte[]> answer = await _node.Client.CallAsync(call.To, call.Input, Cancellation, sender, call.Value);
        return new ChainAnswer(answer.IsOk, answer.IsOk ? answer.Value : answer.RevertData);
    }

    public override async Task<UInt128> BalanceOfAsync(L1Address account) => (await _node.Client.GetBalanceAsync(account, Cancellation)).Value!.Value;

    public override async Task<ulong> NonceAsync(int account) => (await _node.Client.GetNonceAsync(AddressOf(account), L1Client.Latest, Cancellation)).Value!.Value;

    public override Task AdvanceAsync(TimeSpan by) => _node.AdvanceAsync(by);

    public override async Task ReorganiseAsync(int depth)
    {
        await _node.ReorgAsync(depth);
        // Calls of one confirmation that are gone are forgotten: who sends next asks the chain for its nonce anew.
        for (int i = 0; i < Accounts; i++)
        {
            _accounts[i].Dispose();
            _accounts[i] = Connect(_node, i);
        }
    }

    public override ValueTask DisposeAsync()
    {
        foreach (EvmSettlement account in _accounts) account.Dispose();
        _fixture.End(_node);
        return ValueTask.CompletedTask;
    }

    internal override Task<ChainReceipt> SendAsync(int account, ChainCall call) => As(account).SendAsync(call, Cancellation).AsTask();

    private static EvmSettlement Connect(AnvilNode node, int account)
    {
        var options = new EvmSettlementOptions { ChainId = AnvilNode.ChainId, Confirmations = 1, PollInterval = TimeSpan.FromMilliseconds(5) };
        return new EvmSettlement([node.Transport()], SignerOf(account), new MemoryJournal(), TimeProvider.System, options, Guid.NewGuid().ToByteArray());
    }

    private protected override byte[] Creation(string contract, AbiValue[] arguments) =>
        ContractCode.Load(contract, (TestTwins.Has(contract) ? typeof(AnvilWorld) : typeof(ContractCode)).Assembly).Create(arguments);
}
