<?php
// GET with a client certificate: php appel.php URL CA BUNDLE CHAIN KEY PASSWORD.
[, $url, $ca, , $chain, $key] = $argv;
$context = stream_context_create([
    'ssl' => ['cafile' => $ca, 'local_cert' => $chain, 'local_pk' => $key],
    'http' => ['ignore_errors' => true],
]);
$body = @file_get_contents($url, false, $context);
if ($body === false) {
    echo error_get_last()['message'], "\n";
    exit(1);
}
echo 'HTTP ', explode(' ', $http_response_header[0])[1], "\n";
