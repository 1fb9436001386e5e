using Prozchain.Rollups.Zk.Circuit;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>Which segment left what last: what the tokens of a batch's proofs go by.</summary>
internal sealed class TokenWays
{
    private readonly Dictionary<Eight, Token> _accounts = [], _cells = [];

    /// <summary>The tree's tokens once all segments are through: the first digest, the last one, and the segment that left it.</summary>
    public Token[] Accounts => [.. _accounts.Values];

    /// <summary>As <see cref="Accounts"/>.</summary>
    public Token[] Cells => [.. _cells.Values];

    /// <summary>Gives the tokens of a segment, the next in order, the segments that left them before.</summary>
    public void Pass(uint segment, Span<Token> accounts, Span<Token> cells)
    {
        Pass(segment, accounts, _accounts);
        Pass(segment, cells, _cells);
    }

    private static void Pass(uint segment, Span<Token> tokens, Dictionary<Eight, Token> ways)
    {
        foreach (ref Token token in tokens)
        {
            bool isKnown = ways.TryGetValue(token.Key, out Token way);
            if (isKnown) token = token with { Segment = way.Segment };
            ways[token.Key] = token with { Segment = segment, Before = isKnown ? way.Before : token.Before };
        }
    }
}
