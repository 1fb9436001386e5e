using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Prozchain.Repo.Tests.Documents;

/// <summary>What the rules need of a Markdown file.</summary>
internal sealed class Markdown
{
    private static readonly MarkdownPipeline s_pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    private readonly MarkdownDocument _document;

    public Markdown(string text) => _document = Markdig.Markdown.Parse(text, s_pipeline);

    /// <summary>Targets of links and images, with their lines, counted from 1.</summary>
    public IEnumerable<(string Url, int Line)> Links =>
        _document.Descendants<LinkInline>().Select(link => (link.Url ?? "", link.Line + 1));

    /// <summary>The anchors that headings make.</summary>
    public IEnumerable<string> Anchors =>
        _document.Descendants<HeadingBlock>().Select(heading => heading.TryGetAttributes()?.Id).OfType<string>();

    /// <summary>The first heading of level 1, or null.</summary>
    public string? Title => _document.Descendants<HeadingBlock>().FirstOrDefault(heading => heading.Level == 1) is { } title ? Text(title) : null;

    /// <summary>The first paragraph's text, on one line, or null.</summary>
    public string? FirstParagraph => _document.OfType<ParagraphBlock>().FirstOrDefault() is { } paragraph ? Text(paragraph) : null;

    /// <summary>The fenced blocks of a language, in order.</summary>
    public IEnumerable<string> Code(string language) =>
        _document.Descendants<FencedCodeBlock>().Where(block => block.Info == language).Select(block => block.Lines.ToString());

    private static string Text(LeafBlock block) => string.Concat(block.Inline!.Descendants().Select(inline => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        LineBreakInline => " ",
        _ => "",
    })).Trim();
}
