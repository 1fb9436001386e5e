using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>
/// A committee of ordering nodes in virtual time: a seeded network with delay, loss, doubling and partition, crashes at
/// persist points, dishonest nodes. The invariants are checked after each call of a node.
/// </summary>
internal sealed class OrderingWorld
{
    public const ulong ChainId = 7;

    private readonly SeededRandom _random;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly OrderingInvariants _invariants = new();
    private long _order;

    public OrderingWorld(
        SeededRandom random, int members, int viewsPerTerm = 8, ulong epoch = 1, OrderingAnchor? anchor = null, int[]? seats = null,
        Func<int, ISigner>? signers = null, ISignatureVerifier? verifier = null)
    {
        _random = random;
        Members = members;
        Anchor = anchor ?? new OrderingAnchor(new Digest(random.Bytes(32)), 10, 0);
        Signers = [.. Enumerable.Range(0, members).Select(i => signers is null ? new TestSigner(i) : signers(i))];
        Verifier = verifier ?? new TestVerifier();
        Committee = new Committee(new ShardId(3), epoch, [.. Signers.Select((signer, i) => new CommitteeMember(signer.PublicKey, seats?[i] ?? 1))]);
        Instance = new OrderingInstance(ChainId, Committee, random.Bytes(32), viewsPerTerm);
    }

    public int Members { get; }
    public OrderingAnchor Anchor { get; }
    public ISigner[] Signers { get; }
    public ISignatureVerifier Verifier { get; set; }
    public Committee Committee { get; }
    public OrderingInstance Instance { get; }
    public List<OrderingHost> Hosts { get; } = [];
    public long NowMs { get; private set; }

    /// <summary>How many members, from the first on, hold no more seats than may be faulty.</summary>
    public int F
    {
        get
        {
            int seats = 0, members = 0;
            while (members < Members && (seats += Committee.Members[members].Seats) <= Committee.MaxFaulty) members++;
            return members;
        }
    }

    public IEnumerable<OrderingHost> Honest => Hosts.Where(host => !host.IsByzantine);

    /// <summary>Smallest and largest one-way delay, milliseconds.</summary>
    public (int Min, int Max) Delay { get; set; } = (10, 40);

    /// <summary>Share of messages lost, and doubled, until <see cref="StableMs"/>.</summary>
    public double Loss { get; set; }

    /// <summary>One call in so many ends in a crash until <see cref="StableMs"/>; 0 for none.</summary>
    public int CrashEvery { get; set; }

    /// <summary>When the network becomes reliable.</summary>
    public long StableMs { get; set; }

    /// <summary>True if a message from one address reaches another.</summary>
    public Func<OrderingHost, OrderingHost, bool> Connected { get; set; } = (_, _) => true;

    /// <summary>Changes what a dishonest node sends; null drops it.</summary>
    public Func<OrderingHost, OrderingHost, byte[], byte[]?>? Corrupt { get; set; }

    /// <summary>Sees every message that leaves a node.</summary>
    public Action<byte[]>? Sent { get; set; }

    public static byte[] SeedOf(int i)
    {
        var seed = new byte[32];
        seed[0] = (byte)(i + 1);
        return seed;
    }

    public SignatureListScheme SchemeOf(int member) => new(Committee, Verifier, member < 0 ? null : Signers[member]);

    public OrderingHost Add(int member, Action<OrderingHost>? configure = null)
    {
        var host = new OrderingHost(this, member, Hosts.Count, _random.Fork((ulong)Hosts.Count));
        configure?.Invoke(host);
        Hosts.Add(host);
        return host;
    }

    public void AddAll(Action<OrderingHost>? configure = null)
    {
        for (int i = 0; i < Members; i++) Add(i, configure);
    }

    public void StartAll()
    {
        foreach (OrderingHost host in Hosts) At(0, () => Start(host));
    }

    public void Start(OrderingHost host)
    {
        host.Boot();
        Call(host, (node, actions) => node.Start(NowMs, actions));
    }

    public void Stop(OrderingHost host) => host.Node = null;

    public void At(long timeMs, Action action) => _events.Enqueue(action, (Math.Max(timeMs, NowMs), _order++));

    public void RunUntil(long timeMs)
    {
        while (_events.TryPeek(out Action? action, out (long Time, long Order) at) && at.Time <= timeMs)
        {
            _events.Dequeue();
            NowMs = at.Time;
            action();
        }
        NowMs = timeMs;
    }

    public void Call(OrderingHost host, Action<OrderingNode, NodeActions> call)
    {
        if (host.Node is not { } node) return;
        NodeActions actions = host.Actions;
        call(node, actions);
        bool crash = CrashEvery > 0 && NowMs < StableMs && !host.IsByzantine && _random.Next(CrashEvery) == 0;
        int keep = crash ? _random.Next(actions.Count + 1) : actions.Count;
        for (int i = 0; i < keep; i++)
        {
            NodeAction action = actions[i];
            if (action.Kind == NodeActionKind.Persist) host.Disk.Add(action.Bytes.ToArray());
            else Send(host, action.To, action.Bytes);
        }
        if (!host.IsByzantine) _invariants.Check(this, host, node, actions, keep);
        if (actions.WakeMs is { } wake) Wake(host, wake);
        actions.Clear();
        if (!crash) return;
        host.Node = null;
        At(NowMs + _random.Next(1, 400), () => Start(host));
    }

    private void Wake(OrderingHost host, long wakeMs)
    {
        int version = ++host.WakeVersion;
        if (wakeMs == long.MaxValue) return;
        At(wakeMs, () =>
        {
            if (host.WakeVersion == version) Call(host, (node, actions) => node.Tick(NowMs, actions));
        });
    }

    private void Send(OrderingHost from, NodeId to, ReadOnlyMemory<byte> bytes)
    {
        byte[]? message = null;
        foreach (OrderingHost host in Hosts)
        {
            if (host.Address != to || host == from || !Connected(from, host)) continue;
            message ??= bytes.ToArray();
            Sent?.Invoke(message);
            byte[]? sent = from.IsByzantine && Corrupt is not null ? Corrupt(from, host, message) : message;
            if (sent is null) continue;
            bool stable = NowMs >= StableMs;
            if (!stable && _random.NextDouble() < Loss) continue;
            Deliver(from, host, sent);
            if (!stable && _random.NextDouble() < Loss) Deliver(from, host, sent);
        }
    }

    public void Deliver(OrderingHost from, OrderingHost to, byte[] message) =>
        At(NowMs + _random.Next(Delay.Min, Delay.Max + 1), () => Call(to, (node, actions) => node.Receive(NowMs, from.Address, message, actions)));

    /// <summary>The honest nodes' lowest final height.</summary>
    public ulong LowestFinal => Honest.Min(host => host.Node?.FinalHeight ?? host.FinalHeight);
}

/// <summary>One simulated process: its disk outlives its node.</summary>
internal sealed class OrderingHost(OrderingWorld world, int member, int index, SeededRandom random)
{
    public int Member { get; } = member;
    public NodeId Address { get; set; } = new(member >= 0 ? member : 1000 + index);
    public SeededRandom Random { get; } = random;
    public bool IsByzantine { get; set; }
    public int Salt { get; set; }
    public int NotYetEvery { get; set; }
    public ulong TerminalAt { get; set; } = ulong.MaxValue;
    public int KeepBlocks { get; set; } = 1024;
    public int BodyBytes { get; set; } = 24;

    /// <summary>True if what the application took over survives a crash; else it is handed over again from the log.</summary>
    public bool IsDurable { get; set; }

    public OrderingNode? Node { get; set; }
    public TestOrderedApplication App { get; private set; } = null!;
    public List<byte[]> Disk { get; } = [];
    public NodeActions Actions { get; } = new();
    public int WakeVersion { get; set; }
    public ulong FinalHeight => world.Anchor.Height + (ulong)(App?.Final.Count ?? 0);

    public void Boot()
    {
        if (App is null || !IsDurable)
            App = new TestOrderedApplication(world.Anchor, Salt, Random) { NotYetEvery = NotYetEvery, TerminalAt = TerminalAt, BodyBytes = BodyBytes };
        Actions.Clear();
        Node = new OrderingNode(new OrderingOptions
        {
            Instance = world.Instance, Anchor = world.Anchor, Scheme = world.SchemeOf(Member), Application = App, Member = Member, KeepBlocks = KeepBlocks,
            Peers = [.. Enumerable.Range(0, world.Members).Select(i => new NodeId(i))], AppliedHeight = FinalHeight, MaxTimeoutMs = 2000, StallMs = 5000,
        });
        foreach (byte[] record in Disk) Node.Restore(record);
    }
}
