namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>
/// Tests of contracts that run against every settlement layer: an abstract suite holds them, and a class for each layer
/// derives from it and says where it starts. What holds for the Solidity holds for its twin.
/// </summary>
public abstract class SettlementSuite : IAsyncLifetime
{
    protected SettlementWorld World { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        World = await StartAsync();
        await PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (World is not null) await World.DisposeAsync();
    }

    protected abstract Task<SettlementWorld> StartAsync();

    /// <summary>Creates the contracts.</summary>
    protected abstract Task PrepareAsync();
}
