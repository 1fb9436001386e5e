namespace Prozchain.Rollups.Tests.Evm;

/// <summary>One node for all tests of the collection, started by the first that asks for it.</summary>
public sealed class AnvilFixture : IDisposable
{
    private readonly List<AnvilNode> _others = [];
    private AnvilNode? _node;

    /// <summary>The node; skips the calling test where there can be none.</summary>
    public AnvilNode Node => _node ??= AnvilNode.Start();

    /// <summary>A node of the calling test's own, for what leaves marks that no snapshot takes back, such as reorganisations; skips it where there can be none.</summary>
    public AnvilNode NewNode()
    {
        AnvilNode node = AnvilNode.Start();
        _others.Add(node);
        return node;
    }

    /// <summary>Ends a test's own node.</summary>
    public void End(AnvilNode node)
    {
        if (_others.Remove(node)) node.Dispose();
    }

    public void Dispose()
    {
        foreach (AnvilNode node in _others) node.Dispose();
        _node?.Dispose();
    }
}

/// <summary>Tests of this collection share one chain, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class AnvilCollection : ICollectionFixture<AnvilFixture>
{
    public const string Name = "anvil";
}
