using System.Buffers.Binary;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// A settlement layer within one process: accounts, blocks and contracts that answer the calls of the Solidity contracts
/// with the same bytes, without gas and without signatures. Its owner makes the blocks and the time. Thread-safe.
/// </summary>
/// <remarks>Every block keeps the whole world after it, as values that share what did not change; <see cref="Reorganise"/> goes back to any of them.</remarks>
public sealed class InProcessChain
{
    private readonly Lock _gate = new();
    private readonly List<(ChainBlock Block, ChainWorld World)> _blocks = [];
    private readonly List<Pending> _pool = [];
    private readonly ulong _finalDepth;
    private readonly Func<ReadOnlyMemory<byte>, InProcessContract?> _code;
    private ulong _sent, _forks, _hosted;

    /// <summary>Starts a chain with an empty block 0.</summary>
    /// <param name="timestampSeconds">When block 0 was made.</param>
    /// <param name="finalDepth">A block is final once so many are above it.</param>
    public InProcessChain(ulong timestampSeconds, ulong finalDepth = 64) : this(timestampSeconds, finalDepth, ContractTwins.Create)
    {
    }

    /// <summary>With contracts of a test's own.</summary>
    internal InProcessChain(ulong timestampSeconds, ulong finalDepth, Func<ReadOnlyMemory<byte>, InProcessContract?> code)
    {
        (_finalDepth, _code) = (finalDepth, code);
        _blocks.Add((new ChainBlock(0, HashOf(default, 0, timestampSeconds), default, timestampSeconds), ChainWorld.Empty));
    }

    /// <summary>The chain's number, which signed words name: as EVM chains for development have it unless set.</summary>
    public ulong ChainId { get; init; } = 31_337;

    /// <summary>The blobs of transactions in blocks, for whoever derives.</summary>
    public InProcessBlobs Blobs { get; } = new();

    /// <summary>The newest block.</summary>
    public ChainBlock Head
    {
        get { lock (_gate) return _blocks[^1].Block; }
    }

    /// <summary>Calls that wait for a block.</summary>
    public int Waiting
    {
        get { lock (_gate) return _pool.Count; }
    }

    /// <summary>Gives an account units out of nothing.</summary>
    /// <param name="account">The account.</param>
    /// <param name="amount">How many.</param>
    public void Mint(L1Address account, UInt128 amount)
    {
        lock (_gate)
        {
            (ChainBlock block, ChainWorld world) = _blocks[^1];
            _blocks[^1] = (block, world with { Balances = world.Balances.SetItem(account, checked(world.Balances.GetValueOrDefault(account) + amount)) });
        }
    }

    /// <summary>Puts a contract there that hashes as the state's tree does: what a rollup's profile names on this chain.</summary>
    /// <typeparam name="THash">The hash.</typeparam>
    /// <returns>Where it is.</returns>
    public L1Address HostHash<THash>() where THash : IStateHash => Host(new HostedHash<THash>());

    /// <summary>Puts a contract there that checks signatures: what a rollup's profile names on this chain.</summary>
    /// <param name="verifier">Checks them; this contract's alone.</param>
    /// <returns>Where it is.</returns>
    public L1Address HostSignatures(ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return Host(new HostedSignatures(verifier));
    }

    /// <summary>Puts a contract there that checks the proofs of a system.</summary>
    /// <param name="proofs">The system, of which only <see cref="IProofSystem.Verify"/> is used.</param>
    /// <returns>Where it is.</returns>
    public L1Address HostProofs(IProofSystem proofs)
    {
        ArgumentNullException.ThrowIfNull(proofs);
        return Host(new HostedProofs(proofs));
    }

    /// <summary>What an account or contract owns.</summary>
    public UInt128 BalanceOf(L1Address account)
    {
        lock (_gate) return _blocks[^1].World.Balances.GetValueOrDefault(account);
    }

    /// <summary>How many transactions of an account are in blocks: where the next contract that it creates will be, <see cref="L1Address.OfCreated"/> says.</summary>
    public ulong NonceOf(L1Address account)
    {
        lock (_gate) return _blocks[^1].World.Nonces.GetValueOrDefault(account);
    }

    /// <summary>The settlement layer as an account sees it.</summary>
    /// <param name="account">The account; whoever holds the chain may act for any.</param>
    public ISettlementChain As(L1Address account) => new InProcessAccount(this, account);

    /// <summary>Puts all waiting calls into a block, in the order in which they came.</summary>
    /// <param name="timestampSeconds">When, not before the newest block.</param>
    /// <exception cref="ArgumentOutOfRangeException">Before the newest block.</exception>
    public ChainBlock Mine(ulong timestampSeconds)
    {
        lock (_gate)
        {
            (ChainBlock parent, ChainWorld world) = _blocks[^1];
            ArgumentOutOfRangeException.ThrowIfLessThan(timestampSeconds, parent.TimestampSeconds);
            var block = new ChainBlock(parent.Number + 1, HashOf(parent.Hash, (_forks << 32) + _sent, timestampSeconds), parent.Hash, timestampSeconds);
            world = world with { Logs = [] };
            var ended = new List<(Pending Call, ChainReceipt Receipt)>();
            foreach (Pending pending in _pool)
            {
                ulong nonce = world.Nonces.GetValueOrDefault(pending.Sender);
                world = world with { Nonces = world.Nonces.SetItem(pending.Sender, nonce + 1) };
                L1Address created = default;
                bool isOk;
                if (pending.Call.To.IsZero)
                {
                    InProcessContract? contract = pending.Call.Value == 0 ? _code(pending.Call.Input) : null;
                    isOk = contract is not null;
                    created = isOk ? L1Address.OfCreated(pending.Sender, nonce) : default;
                    if (isOk) world = world with { Contracts = world.Contracts.Add(created, new HostedContract(contract!, contract!.GenesisAt(block))) };
                }
                else
                {
                    var run = new InProcessRun(world, block, pending.Transaction, pending.Call.Input) { BlobHashes = InProcessBlobs.HashesOf(pending.Call.Blobs) };
                    Blobs.Keep(pending.Transaction, pending.Call.Blobs);
                    isOk = run.Execute(this, pending.Call, pending.Sender, 0).IsOk;
                    if (isOk) world = run.World;
                }
                ended.Add((pending, new ChainReceipt(isOk, block.Number, pending.Transaction, 0, created)));
            }
            _pool.Clear();
            _blocks.Add((block, world));
            // Continuations run on other threads: they may call the chain again.
            foreach ((Pending pending, ChainReceipt receipt) in ended) pending.Included.SetResult(receipt);
            return block;
        }
    }

    /// <summary>Drops the newest blocks, as another fork that wins does. What was in them is gone: who sent it must see to it.</summary>
    /// <param name="depth">How many blocks.</param>
    /// <exception cref="ArgumentOutOfRangeException">More than are not final.</exception>
    public void Reorganise(int depth)
    {
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(depth);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)depth, Math.Min(_finalDepth, (ulong)_blocks.Count - 1));
            _blocks.RemoveRange(_blocks.Count - depth, depth);
            _forks++;
        }
    }

    /// <summary>Runs a call on the newest state without changing it.</summary>
    /// <param name="sender">Who calls.</param>
    /// <param name="call">The call.</param>
    public ChainAnswer Call(L1Address sender, in ChainCall call)
    {
        lock (_gate)
        {
            (ChainBlock block, ChainWorld world) = _blocks[^1];
            return new InProcessRun(world, block, default, call.Input) { BlobHashes = InProcessBlobs.HashesOf(call.Blobs) }.Execute(this, call, sender, 0);
        }
    }

    internal ChainBlock? FindBlock(ulong? number, ChainFinality finality = ChainFinality.Latest)
    {
        lock (_gate)
        {
            ulong head = _blocks[^1].Block.Number, back = finality switch { ChainFinality.Latest => 0, ChainFinality.Safe => _finalDepth / 2, _ => _finalDepth };
            ulong at = number ?? head - Math.Min(head, back);
            return at <= head ? _blocks[(int)at].Block : null;
        }
    }

    internal void ReadLogs(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs)
    {
        lock (_gate)
        {
            for (ulong number = first; number <= last && number < (ulong)_blocks.Count; number++)
            {
                uint index = 0;
                foreach (ChainLog log in _blocks[(int)number].World.Logs)
                {
                    if (contracts.Contains(log.Contract)) logs.Add(log with { Index = index });
                    index++;
                }
            }
        }
    }

    internal Task<ChainReceipt> Send(L1Address sender, in ChainCall call)
    {
        lock (_gate)
        {
            var pending = new Pending(sender, call with { Input = call.Input.ToArray() }, HashOf(default, ++_sent, 2), new TaskCompletionSource<ChainReceipt>(TaskCreationOptions.RunContinuationsAsynchronously));
            _pool.Add(pending);
            return pending.Included.Task;
        }
    }

    // At the genesis: no reorganisation takes away what the host brought along.
    private L1Address Host(InProcessContract contract)
    {
        lock (_gate)
        {
            var address = new L1Address(HashOf(default, _hosted++, ulong.MaxValue).Span[..L1Address.Size]);
            var hosted = new HostedContract(contract, contract.Genesis);
            for (int i = 0; i < _blocks.Count; i++) _blocks[i] = (_blocks[i].Block, _blocks[i].World with { Contracts = _blocks[i].World.Contracts.Add(address, hosted) });
            return address;
        }
    }

    private static Digest32 HashOf(in Digest32 parent, ulong number, ulong time)
    {
        Span<byte> input = stackalloc byte[Digest32.Size + 2 * sizeof(ulong)];
        parent.Span.CopyTo(input);
        BinaryPrimitives.WriteUInt64BigEndian(input[Digest32.Size..], number);
        BinaryPrimitives.WriteUInt64BigEndian(input[(Digest32.Size + sizeof(ulong))..], time);
        return new Digest32(Hashing.Keccak(input));
    }

    private readonly record struct Pending(L1Address Sender, ChainCall Call, Digest32 Transaction, TaskCompletionSource<ChainReceipt> Included);
}

/// <summary>An account of an in-process chain.</summary>
internal sealed class InProcessAccount(InProcessChain chain, L1Address account) : ISettlementChain
{
    public L1Address Account => account;

    public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => ValueTask.FromResult(chain.FindBlock(number, finality));

    public ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken)
    {
        chain.ReadLogs(first, last, contracts, logs);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => ValueTask.FromResult(chain.Call(account, call));

    public ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken) => new(chain.Send(account, call).WaitAsync(cancellationToken));
}
