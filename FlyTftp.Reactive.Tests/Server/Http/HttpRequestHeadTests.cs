using System.Text;
using CsCheck;
using FlyTftp.Reactive.Server.Http;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Http;

public class HttpRequestHeadTests
{
    [TestCase("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/metrics")]
    [TestCase("GET /metrics?name[]=up HTTP/1.1\r\nhost:a:80\r\nAccept: */*\r\n\r\n", "GET", "/metrics")]
    [TestCase("HEAD /healthz HTTP/1.0\r\n\r\n", "HEAD", "/healthz")]
    [TestCase("GET http://10.0.0.1:9100/readyz HTTP/1.1\r\nHost: b\r\n\r\n", "GET", "/readyz")]
    [TestCase("GET http://10.0.0.1 HTTP/1.1\r\nHost: b\r\n\r\n", "GET", "/")]
    [TestCase("DELETE /%2e%2e/x HTTP/1.1\r\nHost: \r\n\r\n", "DELETE", "/%2e%2e/x")]
    public void Takes_apart_what_clients_send(string head, string method, string path)
    {
        var status = Parse(head, out var request);

        Assert.That((status, request.Method, request.Path), Is.EqualTo((0, method, path)));
    }

    [TestCase("\r\n\r\n", TestName = "Nothing")]
    [TestCase("GET /\r\n\r\n", TestName = "No_version")]
    [TestCase("GET  HTTP/1.1\r\nHost: a\r\n\r\n", TestName = "No_target")]
    [TestCase("GET metrics HTTP/1.1\r\nHost: a\r\n\r\n", TestName = "A_target_without_slash")]
    [TestCase("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", TestName = "A_space_in_the_target")]
    [TestCase("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", TestName = "A_method_that_is_no_token")]
    [TestCase("GET / HTTP/1.1\r\n\r\n", TestName = "No_host")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", TestName = "Two_hosts")]
    [TestCase("GET / HTTP/1.1\r\nHost : a\r\n\r\n", TestName = "A_space_before_the_colon")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", TestName = "A_folded_line")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nX: a\nY: b\r\n\r\n", TestName = "A_bare_line_feed")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", TestName = "A_line_without_colon")]
    [TestCase("GET / FTP/1.1\r\nHost: a\r\n\r\n", TestName = "Another_protocol")]
    [TestCase("\0\u0001\u00FF\r\n\r\n", TestName = "Rubbish")]
    public void Is_answered_with_400(string head) => Assert.That(Parse(head, out _), Is.EqualTo(400));

    [Test]
    public void Another_major_version_is_answered_with_505() =>
        Assert.That(Parse("GET / HTTP/2.0\r\nHost: a\r\n\r\n", out _), Is.EqualTo(505));

    [Test]
    public void A_head_is_whole_at_its_empty_line()
    {
        var head = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody"u8;

        Assert.That(HttpRequestHead.LengthIn(head), Is.EqualTo(head.Length - 4));
        Assert.That(HttpRequestHead.LengthIn(head[..^5]), Is.EqualTo(-1));
    }

    [TestCase("Host: boot.example.com:8080\r\n", "boot.example.com:8080")]
    [TestCase("hOST:\t [::1] \r\n", "[::1]")]
    public void Tells_which_host_was_asked_for(string field, string host)
    {
        Assert.That(HttpRequestHead.Parse(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\n{field}\r\n"), out var request), Is.Zero);
        Assert.That(request.Host, Is.EqualTo(host));
    }

    [Test]
    public void No_bytes_whatever_make_it_throw() =>
        Gen.OneOf(
                Gen.String[Gen.Char["GET /HhoOsSt:\r\n\t 1.\0?"], 0, 200],
                Gen.String[Gen.Char["\0ÿ"], 0, 50])
            .Sample(text =>
            {
                var status = Parse(text + "\r\n\r\n", out var request);
                return status is 400 or 505 || (status == 0 && request.Path.StartsWith('/'));
            });

    private static int Parse(string head, out HttpRequestHead request) => HttpRequestHead.Parse(Encoding.Latin1.GetBytes(head), out request);
}
