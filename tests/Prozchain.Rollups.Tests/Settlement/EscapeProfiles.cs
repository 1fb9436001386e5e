using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Payments;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>What the hatch does without anybody's help.</summary>
public abstract class P256EscapeSuite : EscapeSuite<KeccakTree>
{
    private protected override ISigner Person(int seed) => new P256Signer(Enumerable.Repeat((byte)seed, 32).ToArray());

    protected override Task<(L1Address Hasher, L1Address Authorizer)> ProfileAsync() => Task.FromResult<(L1Address, L1Address)>(default);
}

/// <summary>Signatures of the other scheme of profile Evm.</summary>
public abstract class Ed25519EscapeSuite : EscapeSuite<KeccakTree>
{
    private protected override ISigner Person(int seed) => new Ed25519Signer(Enumerable.Repeat((byte)seed, 32).ToArray());

    protected override async Task<(L1Address Hasher, L1Address Authorizer)> ProfileAsync() => (default, await World.DeployAsync("Ed25519"));
}

/// <summary>A hash and signatures of a host's own.</summary>
public abstract class HostedEscapeSuite : EscapeSuite<Sha256Tree>
{
    private protected override ISigner Person(int seed) => new HashKeySigner(seed);

    protected override async Task<(L1Address Hasher, L1Address Authorizer)> ProfileAsync() => (await World.DeployAsync("TestHash"), await World.DeployAsync("TestHashKeys"));
}

public sealed class P256EscapeInProcessTests : P256EscapeSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class P256EscapeOnAnvilTests(AnvilFixture fixture) : P256EscapeSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}

public sealed class Ed25519EscapeInProcessTests : Ed25519EscapeSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class Ed25519EscapeOnAnvilTests(AnvilFixture fixture) : Ed25519EscapeSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}

public sealed class HostedEscapeInProcessTests : HostedEscapeSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class HostedEscapeOnAnvilTests(AnvilFixture fixture) : HostedEscapeSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
