using System.Text;

namespace FlyTftp.Reactive.Content.Templates;

/// <summary>A template with its gaps filled, put together where it is copied: a session holds its few values and no copy of the file.</summary>
internal sealed class TemplateContent : IContent
{
    private readonly Template _template;
    private readonly byte[][] _values;

    public TemplateContent(Template template, in TemplateRequest request)
    {
        _template = template;
        _values = new byte[(int)TemplateValue.RequestName + 1][];
        var length = 0L;
        foreach (var piece in template.Pieces) length += piece.Length;
        foreach (var gap in template.Gaps) length += (_values[gap] ??= Encoding.UTF8.GetBytes(request[(TemplateValue)gap])).Length;
        Length = length;
    }

    public long? Length { get; }

    public ValueTask<LoadResult> LoadAsync(long offset, int count) => new(LoadResult.Of((int)Math.Clamp(Length!.Value - offset, 0, count)));

    public int CopyTo(long offset, Span<byte> destination)
    {
        var (at, copied) = (0L, 0);
        for (var number = 0; number < _template.Pieces.Count && copied < destination.Length; number++)
        {
            Copy(_template.Pieces[number], destination);
            if (number < _template.Gaps.Count) Copy(_values[_template.Gaps[number]], destination);
        }

        return copied;

        void Copy(byte[] bytes, Span<byte> into)
        {
            var skip = (int)Math.Clamp(offset + copied - at, 0, bytes.Length);
            var count = Math.Min(bytes.Length - skip, into.Length - copied);
            bytes.AsSpan(skip, count).CopyTo(into[copied..]);
            copied += count;
            at += bytes.Length;
        }
    }

    public void Dispose()
    {
    }
}
